"""The lock must notice what breaks plugins and let the rest pass."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class AbiLock(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.include = Path(directory.name, "include")
        self.lock = Path(directory.name, "abi.lock")
        shutil.copytree(ROOT / "sdk" / "include", self.include)
        self.assertEqual(self.run_lock("--update").returncode, 0)

    def run_lock(self, *arguments):
        return subprocess.run(
            [sys.executable, ROOT / "scripts" / "abi_lock.py", "--include", self.include, "--lock",
             self.lock, *arguments], capture_output=True, text=True, check=False)

    def edit(self, header, old, new):
        path = self.include / "gomodel" / "abi" / header
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))

    def raise_minor(self):
        text = (self.include / "gomodel" / "abi" / "base.h").read_text()
        minor = int(text.split("#define GM_ABI_MINOR ")[1].split("u")[0])
        self.edit("base.h", f"GM_ABI_MINOR {minor}u", f"GM_ABI_MINOR {minor + 1}u")

    def assert_refused(self, message):
        result = self.run_lock()
        self.assertEqual(result.returncode, 1)
        self.assertIn(message, result.stdout)
        self.assertEqual(self.run_lock("--update").returncode, 1)

    def append_field(self):
        self.edit("cache.h", "gm_str_t key);\n} gm_cache_t;",
                  "gm_str_t key);\n  gm_status_t (*flush)(void* self);\n} gm_cache_t;")

    def test_nothing_changed(self):
        result = self.run_lock()
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_comments_and_space_do_not_count(self):
        self.edit("cache.h", "// Keys and values are any bytes. All functions: [worker]",
                  "/* Any bytes,\n */ // anywhere\n\n")
        self.edit("cache.h", "uint32_t size;", "uint32_t   size ;")
        self.assertEqual(self.run_lock().returncode, 0)

    def test_append_without_a_bump(self):
        self.append_field()
        self.assert_refused("cache.h changed, but neither")

    def test_append_with_a_bump_only_needs_recording(self):
        self.append_field()
        self.raise_minor()
        result = self.run_lock()
        self.assertEqual(result.returncode, 1)
        self.assertIn("--update", result.stdout)
        self.assertEqual(self.run_lock("--update").returncode, 0)
        self.assertEqual(self.run_lock().returncode, 0)
        self.assertIn("gm_cache_t.flush", self.lock.read_text())

    def test_moving_a_field_is_refused_even_with_a_bump(self):
        self.edit("call.h", "  void* host_data;\n  gm_str_t request_id;",
                  "  gm_str_t request_id;\n  void* host_data;")
        self.raise_minor()
        self.assert_refused("gm_call_t.host_data moved")

    def test_frozen_structs_never_grow(self):
        self.edit("base.h", "  size_t len;\n", "  size_t len;\n  size_t capacity;\n")
        self.raise_minor()
        self.assert_refused("gm_str_t has no size member")

    def test_a_changed_value_needs_a_bump(self):
        self.edit("base.h", "GM_TIMEOUT = 6", "GM_TIMEOUT = 16")
        self.assert_refused("base.h changed, but neither")

    def test_a_new_interface_id_is_a_bump(self):
        self.append_field()
        self.edit("cache.h", "gomodel.cache/1", "gomodel.cache/2")
        self.assertEqual(self.run_lock("--update").returncode, 0)

    def test_before_a_release_anything_goes(self):
        self.edit("call.h", "  uint64_t deadline_ns;", "  uint32_t deadline_ms;")
        self.assertEqual(self.run_lock("--update", "--unreleased").returncode, 0)
        self.assertEqual(self.run_lock().returncode, 0)


if __name__ == "__main__":
    unittest.main()
