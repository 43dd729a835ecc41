"""A model's tokenizer and chat template read from its folder, without torch. Used where pages count tokens.

The same texts and tokens as transformers gives, which tests compare; see its chat_template_utils.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import AddedToken, Encoding, Tokenizer

from studio.errors import NotFound

_TOKENIZER, _CONFIG = "tokenizer.json", "tokenizer_config.json"
_NAMED = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")


class FolderTokenizer:
    """What rendering an example needs of a tokenizer; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
        self._config: dict[str, Any] = _json(folder / _CONFIG)
        self._named = {name: _content(value) for name in _NAMED if (value := self._config.get(name))}
        self.bos_token = self._named.get("bos_token")
        self.eos_token = self._named.get("eos_token")
        self.bos_token_id = self._tokenizer.token_to_id(self.bos_token) if self.bos_token else None

    def __call__(self, text: str, *, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": self.encoding(text, add_special_tokens=add_special_tokens).ids}

    def encoding(self, text: str, *, add_special_tokens: bool = False) -> Encoding:
        """Tokens with their places in the text."""
        return self._tokenizer.encode(text, add_special_tokens=add_special_tokens)

    def count(self, text: str) -> int:
        """Tokens of a text by itself."""
        return len(self.encoding(text).ids)

    @cached_property
    def all_special_tokens(self) -> list[str]:
        more = self._config.get("additional_special_tokens") or self._config.get("extra_special_tokens") or []
        return list(dict.fromkeys([*self._named.values(), *map(_content, more)]))

    @cached_property
    def added_tokens_decoder(self) -> Mapping[int, AddedToken]:
        found: dict[int, AddedToken] = self._tokenizer.get_added_tokens_decoder()
        return found

    @cached_property
    def chat_template(self) -> str | None:
        """The template's source; of several, the one called default."""
        beside = self._folder / "chat_template.jinja"
        if beside.is_file():
            return beside.read_text()
        written = self._config.get("chat_template")
        if isinstance(written, list):
            written = {one["name"]: one["template"] for one in written}.get("default")
        return written

    def apply_chat_template(self, conversation: Any, *, tokenize: bool, add_generation_prompt: bool) -> Any:
        """The conversation as the model's text, or as its tokens."""
        text = self._template.render(
            messages=conversation,
            tools=None,
            documents=None,
            add_generation_prompt=add_generation_prompt,
            **self._named,
        )
        return self(text, add_special_tokens=False)["input_ids"] if tokenize else text

    @cached_property
    def _template(self) -> Template:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", _Generation]
        )
        environment.filters["tojson"] = _to_json
        environment.globals |= {"raise_exception": _refuse, "strftime_now": _now}
        return environment.from_string(self.chat_template or "")


def folder_tokenizer(folder: Path) -> FolderTokenizer:
    """The tokenizer in a model's folder, read once. Raises NotFound when the model is not here yet."""
    if not (folder / _TOKENIZER).is_file():
        raise NotFound(
            f"The tokenizer of {folder.name} is not here yet: it comes with the model when it is first used."
        )
    return _loaded(folder, (folder / _TOKENIZER).stat().st_mtime_ns)


@lru_cache(maxsize=3)
def _loaded(folder: Path, changed: int) -> FolderTokenizer:
    return FolderTokenizer(folder)


class _Generation(Extension):
    """Templates may mark what the assistant says with {% generation %}; here it is just text."""

    tags = {"generation"}  # noqa: RUF012 - as jinja2 declares it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _to_json(value: Any, ensure_ascii: bool = False, **layout: Any) -> str:
    # jinja2's own filter would escape HTML
    return json.dumps(value, ensure_ascii=ensure_ascii, **layout)


def _refuse(message: str) -> None:
    raise TemplateError(message)


def _now(layout: str) -> str:
    return datetime.now().astimezone().strftime(layout)


def _content(token: Any) -> str:
    return str(token["content"] if isinstance(token, dict) else token)


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.is_file() else {}
