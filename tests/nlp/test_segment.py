"""Segmentation takes of its library what it needs, and leaves the rest to whoever wants it."""

from __future__ import annotations

import subprocess
import sys

CHECK = """
import sys
from nlp import segment

assert segment.warm_up() is None
assert segment.segment("Bác sĩ bây giờ ở bệnh viện") == ["bác sĩ", "bây giờ", "ở", "bệnh viện"]
assert not [name for name in sys.modules if name.startswith("underthesea.pipeline.ner")]

import underthesea

assert underthesea.ner
assert underthesea.word_tokenize is segment._loaded[0]
assert segment.warm_up() is None
"""


def test_only_the_segmenter_is_loaded_and_the_library_is_whole_for_others() -> None:
    """In a process of its own: others here may have loaded the library before."""
    done = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
