"""Run by ort_optimizer.py with the Python of older transformers: FOLDER OUT.

Traces GPT-2 with the inputs of onnxruntime's own GPT-2 converter: position ids, a float mask and
the cache of a layer in one tensor.
"""

import sys
import warnings

import torch
import transformers
from transformers import GPT2LMHeadModel


class StackedCache(torch.nn.Module):
    """[2, batch, heads, past, width] per layer, key before value."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids, position_ids, attention_mask, *past):
        result = self.model(
            input_ids=input_ids,
            position_ids=position_ids,
            attention_mask=attention_mask,
            past_key_values=tuple((layer[0], layer[1]) for layer in past),
            use_cache=True,
        )
        return result.logits, *[torch.stack(pair) for pair in result.past_key_values]


def main() -> None:
    folder, out = sys.argv[1:]
    warnings.filterwarnings('ignore')
    model = GPT2LMHeadModel.from_pretrained(folder, attn_implementation='eager').eval()
    config = model.config
    layers = range(config.n_layer)
    past = [torch.randn(2, 2, config.n_head, 3, config.n_embd // config.n_head) for _ in layers]
    ids = torch.arange(3, 8)[None].repeat(2, 1)
    axes = {
        name: {0: 'batch_size', 1: 'seq_len'} for name in ('input_ids', 'position_ids', 'logits')
    }
    axes['attention_mask'] = {0: 'batch_size', 1: 'total_seq_len'}
    axes |= {f'past_{i}': {1: 'batch_size', 3: 'past_seq_len'} for i in layers}
    axes |= {f'present_{i}': {1: 'batch_size', 3: 'total_seq_len'} for i in layers}
    torch.onnx.export(
        StackedCache(model).eval(),
        (ids, ids, torch.ones(2, 8), *past),
        out,
        input_names=['input_ids', 'position_ids', 'attention_mask', *[f'past_{i}' for i in layers]],
        output_names=['logits', *[f'present_{i}' for i in layers]],
        dynamic_axes=axes,
        opset_version=14,
    )
    print(f'torch {torch.__version__}, transformers {transformers.__version__}')


if __name__ == '__main__':
    main()
