"""`./dev run` and its demonstration: a provider is killed amid calls, and no call fails."""
import os
import re
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Demonstration(unittest.TestCase):
    def test_no_call_fails_when_the_first_provider_is_killed(self):
        env = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
        run = subprocess.Popen([str(ROOT / "tools/run.sh")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, start_new_session=True)
        try:
            told = ""
            until = time.monotonic() + 30
            while "Ctrl-C stops all" not in told and time.monotonic() < until: told += run.stdout.readline() or sys.exit(f"./dev run ended: {told}")
            demo = subprocess.run([sys.executable, str(ROOT / "tools/demo.py")], capture_output=True, text=True, timeout=60)
            self.assertEqual(demo.returncode, 0, demo.stdout + demo.stderr)
            answered = re.search(r"(\d+) calls answered, 0 failed", demo.stdout)
            self.assertTrue(answered and int(answered[1]) > 50, demo.stdout)
            self.assertIn('tollgate_fallbacks_total{from="openai/gpt-4o-mini",to="spare/gpt-4o-mini"', demo.stdout)
        finally:
            os.killpg(run.pid, signal.SIGINT)
            run.communicate(timeout=30)


if __name__ == "__main__":
    unittest.main()
