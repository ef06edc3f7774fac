"""What transformers makes of chat templates in the shapes that published models use.

The templates are written for this test: same layout, same language features as the families they are named after.
Each is rendered by apply_chat_template of a tokenizer of test/golden/tokenizers/ (run tokenizer_kinds.py first).
Writes test/golden/chatTemplates.json.

    python -m venv VENV && VENV/bin/pip install -r scripts/golden/requirements.txt
    VENV/bin/python scripts/golden/chat_templates.py
"""

import json
from pathlib import Path

import jinja2
import transformers
from transformers import AutoTokenizer

ROOT = Path(__file__).resolve().parents[2]
TOKENIZERS = ROOT / "test" / "golden" / "tokenizers"
OUT = ROOT / "test" / "golden" / "chatTemplates.json"

CHATML = """\
{%- if messages[0]['role'] != 'system' %}
    {{- '<|im_start|>system\\nYou answer briefly.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""

THINKING = """\
{%- set ns = namespace(searching=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.searching and message.role == "user" and not (message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.searching = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if message.role == "assistant" %}
        {%- set thought = '' %}
        {%- if message.reasoning_content is defined and message.reasoning_content is not none %}
            {%- set thought = message.reasoning_content %}
        {%- elif '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or thought) %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {%- if message.tool_calls %}
            {%- for call in message.tool_calls %}
                {{- '\\n<tool_call>\\n{"name": "' ~ call.name ~ '", "arguments": ' ~ (call.arguments | tojson) ~ '}\\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""

LLAMA3 = """\
{{- bos_token }}
{%- if not tools_in_user_message is defined %}
    {%- set tools_in_user_message = true %}
{%- endif %}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{#- The system message goes to its own place. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}"
    "{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"
)

MISTRAL = """\
{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the optional system message, roles must alternate user/assistant") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, not " + message["role"]) }}
    {%- endif %}
{%- endfor %}
"""

PHI3 = (
    "{% for message in messages %}{% if message['role'] == 'system' %}{{'<|system|>\n' + message['content'] + "
    "'<|end|>\n'}}{% elif message['role'] == 'user' %}{{'<|user|>\n' + message['content'] + '<|end|>\n'}}"
    "{% elif message['role'] == 'assistant' %}{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}"
)

ZEPHYR = """\
{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}"""

LANGUAGE = """\
{%- macro line(message, mark='-') -%}
    {{ mark }} {{ message.role | upper }}: {{ message['content'] | trim | replace('\\n', ' / ') }}{{ '\\n' }}
{%- endmacro -%}
{%- set known = ['system', 'user'] + ['assistant'] -%}
{%- for message in messages if message.role in known -%}
    {%- if loop.first %}{{ 'first of ' ~ loop.length }}{{ '\\n' }}{% endif -%}
    {{ line(message, mark='*' if loop.index is odd else '-') }}
{%- else -%}
    nothing
{%- endfor -%}
{%- for message in messages -%}
    {%- if message.role == 'assistant' %}{% break %}{% endif -%}
    {%- if message.role == 'system' %}{% continue %}{% endif -%}
    {{ loop.index0 }}{{ ' ' }}
{%- endfor %}
{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | list | length }}
{{ messages | map(attribute='role') | join(', ') }} {{ missing | default('none given') }}
{{ {'a': 1, 'b': [true, none, 'é"<']} | tojson }} {{ range(3) | list }} {{ 7 // 2 }} {{ 7 / 2 }} {{ 2 ** 3 }}
{% for key, value in {'x': 1, 'y': 2}.items() %}{{ key }}={{ value }};{% endfor %}
{{ strftime_now('%%') }} {{ messages[-1].content[:5] }} {{ "quoted 'text'" }} {{ eos_token or 'no eos' }}
"""

TEMPLATES = {
    "chatml": ("qwen", CHATML),
    "thinking": ("qwen", THINKING),
    "llama3": ("llama3", LLAMA3),
    "gemma": ("gemma", GEMMA),
    "mistral": ("mistral", MISTRAL),
    "phi3": ("llama", PHI3),
    "zephyr": ("llama", ZEPHYR),
    "language": ("gpt2", LANGUAGE),
}

USER = {"role": "user", "content": "Tell me a story.\nA short one, please 😀"}
ASSISTANT = {"role": "assistant", "content": " <think>\nhm\n</think>\n\nOnce upon a time. "}
SYSTEM = {"role": "system", "content": " You are a pirate. "}
AGAIN = {"role": "user", "content": "And <|im_end|> then? {{ 7 * 6 }}"}

CHATS = [
    [USER],
    [SYSTEM, USER],
    [USER, ASSISTANT, AGAIN],
    [SYSTEM, USER, ASSISTANT, AGAIN],
    [USER, ASSISTANT],
    [USER, USER],
    [{"role": "user", "content": ""}],
]


def rendered(tokenizer, template: str, chat: list[dict], prompt: bool) -> dict:
    try:
        text = tokenizer.apply_chat_template(
            chat, chat_template=template, add_generation_prompt=prompt, tokenize=False
        )
    except jinja2.exceptions.TemplateError as error:
        return {"error": str(error)}
    ids = tokenizer.apply_chat_template(chat, chat_template=template, add_generation_prompt=prompt, tokenize=True)
    return {"text": text, "ids": list(ids)}


def main() -> None:
    entries = []
    for name, (kind, template) in TEMPLATES.items():
        tokenizer = AutoTokenizer.from_pretrained(TOKENIZERS / kind)
        cases = [
            {"messages": chat, "addGenerationPrompt": prompt, **rendered(tokenizer, template, chat, prompt)}
            for chat in CHATS
            for prompt in (True, False)
        ]
        entries.append({"name": name, "tokenizer": kind, "template": template, "cases": cases})
    versions = {"transformers": transformers.__version__, "jinja2": jinja2.__version__}
    golden = {"command": "python scripts/golden/chat_templates.py", "versions": versions, "templates": entries}
    OUT.write_text(json.dumps(golden, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
