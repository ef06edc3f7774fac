"""Runs in its own Python (requirements-legacy.txt): optimum 1.x, whose models the hub is full of.

    python optimum_legacy_worker.py MODEL_FOLDER OUT_FOLDER TASK legacy|single

Prints the versions it used. `legacy` writes decoder_model, decoder_with_past_model and
decoder_model_merged.onnx, `single` writes model.onnx.
"""

import sys
from importlib.metadata import version

from optimum.exporters.onnx import main_export


def main() -> None:
    folder, out, task, kind = sys.argv[1:]
    main_export(
        folder,
        output=out,
        task=task,
        do_validation=False,
        library_name='transformers',
        framework='pt',
        legacy=kind == 'legacy',
    )
    names = ['optimum', 'transformers', 'torch', 'onnx']
    print('VERSIONS ' + ', '.join(f'{name} {version(name)}' for name in names))


main()
