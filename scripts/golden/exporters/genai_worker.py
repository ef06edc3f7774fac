"""Run by genai.py with the Python of onnxruntime-genai: SOURCE WORK BLOCK PRECISION-PROVIDER...

Runs the builder's command line for every asked variant into WORK/PRECISION-PROVIDER, or writes the
builder's reason there.
"""

import runpy
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ('onnxruntime-genai', 'transformers', 'torch', 'onnx', 'onnxruntime')


def main() -> None:
    source, work, block, *ways = sys.argv[1:]
    (Path(work) / 'versions.txt').write_text(', '.join(f'{n} {version(n)}' for n in PACKAGES))
    for way in ways:
        precision, provider = way.split('-')
        out = Path(work) / way
        out.mkdir()
        sys.argv = [
            'builder',
            '-i',
            source,
            '-o',
            str(out),
            '-p',
            precision,
            '-e',
            provider,
            '-c',
            str(Path(work) / 'cache'),
            '--extra_options',
            f'int4_block_size={block}',
        ]
        try:
            runpy.run_module('onnxruntime_genai.models.builder', run_name='__main__')
        except Exception as error:
            text = (str(error).strip().splitlines() or [''])[0].replace(source, 'FOLDER')
            (out / 'failed.txt').write_text(f'{type(error).__name__}: {text}'[:300])


if __name__ == '__main__':
    main()
