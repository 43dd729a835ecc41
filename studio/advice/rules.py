"""The rules of the advice, as data one can read from top to bottom. Pure; weighed by weighing.

A rule holds when all its conditions hold; it then pushes towards or away from a way of working:
"rag" (look it up), "fine-tune" (train it) or "not yet" (neither is worth it so far).
What nobody knows pushes nowhere. `forbids` rules a conclusion out whatever else speaks for it.
"""

from studio.advice.rules_measured import MEASURED
from studio.advice.rules_said import SAID

# What must be beaten: prompting as it is costs nothing.
NOT_YET_AT_FIRST = 1.0

RULES = (*SAID, *MEASURED)
