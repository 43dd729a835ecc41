"""The commands that put an export to work elsewhere: vLLM, Ollama, and llama.cpp's converter.

Options as vLLM 0.27 and Ollama's Modelfile reference document them. vLLM takes no DoRA and no modules saved
whole, neither of which the recipe makes.
"""

import re
import shlex

# what every vLLM takes for --max-lora-rank (vllm/config/lora.py, MaxLoRARanks; new ones take 1 as well)
VLLM_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
VLLM_NEEDED = "vLLM 0.6 or newer; older ones take no rank above 64 and none of Phi-3's fused layers."
LONGEST_NAME = 60


def safe_name(text: str, otherwise: str) -> str:
    """Lower case letters, digits and dashes: good for a file, a served model and a command."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST_NAME].strip("-") or otherwise


def vllm_adapter(base: str, revision: str, name: str, rank: int) -> str:
    """Serve the base with the unpacked adapter beside it; ask for it by `name`. `base` may be a folder."""
    largest = next((allowed for allowed in VLLM_RANKS if allowed >= rank), VLLM_RANKS[-1])
    pinned = f" --revision {revision}" if re.fullmatch(r"[0-9a-f]{40}", revision) else ""
    return (
        f"vllm serve {shlex.quote(base)}{pinned} --enable-lora --max-lora-rank {largest} "
        f"--lora-modules {name}=./{name}-adapter"
    )


def vllm_merged(name: str) -> str:
    """Serve the unpacked merged model by itself."""
    return f"vllm serve ./{name}-merged --served-model-name {name}"


def ollama(name: str) -> str:
    """In the unpacked folder; Ollama reads the Modelfile beside the GGUF file."""
    return f"ollama create {name} -f Modelfile\nollama run {name}"


def convert_elsewhere(name: str) -> str:
    """From the unpacked merged model to GGUF with llama.cpp's converter, whose packages clash with ours.

    The Modelfile in its folder names the file that is made.
    """
    return "\n".join(
        (
            "git clone --depth 1 https://github.com/ggml-org/llama.cpp",
            "python -m venv gguf-env",
            "gguf-env/bin/pip install -r llama.cpp/requirements/requirements-convert_hf_to_gguf.txt",
            f"gguf-env/bin/python llama.cpp/convert_hf_to_gguf.py {name}-merged "
            f"--outtype f16 --outfile {name}-merged/{name}.gguf",
            f"ollama create {name} -f {name}-merged/Modelfile",
        )
    )
