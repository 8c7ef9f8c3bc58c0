"""Rows of a backup taken into another gateway's ledger: once, whole or not at all, and never into its limits."""
import json
import sys
import threading
import unittest
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from corrections.world import CALLS, KILLS, MISUSE, NEW, OLD, Case, split  # noqa: E402
from lib import money  # noqa: E402


class Import(Case):
    def assert_same_rows(self, one, other):
        def plain(world): return [{name: value for name, value in row.items() if name != "imported"} for row in money.rows(world.data)]
        self.assertEqual(plain(one), plain(other))
        self.assertEqual(money.attempts(one.data), money.attempts(other.data))

    def test_a_backup_comes_in_once_with_its_attempts_and_corrections(self):
        source = self.world().calls()
        source.reprice(source.priced(NEW, "new"))
        rows, attempts = self.export_of(source)
        count = CALLS + 1 + CALLS
        limited = self.world(name="limited", limits={"all": {"usd": 50, "every": "month"}})
        self.assertEqual(limited.told("ledger", "import", rows, "--attempts", attempts, "--dry-run")["imported"], count)
        self.assertEqual(money.rows(limited.data), [])
        told = limited.told("ledger", "import", rows, "--attempts", attempts)
        self.assertEqual((told["imported"], told["attempts"], told["known"], told["bad"]), (count, CALLS, 0, 0))
        self.assert_same_rows(source, limited)
        self.assertEqual({row["imported"] for row in split(money.rows(limited.data))[0]}, {True})
        told = limited.told("ledger", "import", rows, "--attempts", attempts)
        self.assertEqual((told["imported"], told["known"]), (0, count))
        self.assertEqual([counter for counter in limited.admin("/api/v1/limits/state")["counters"] if float(counter["used"])], [])
        limited.calls(2)
        self.assertEqual(limited.reprice(limited.priced(OLD, "old"))["corrected"], CALLS)
        self.assert_costs(limited, OLD)
        self.assertEqual(limited.gateway.stop(), "")
        self.assert_costs(limited, OLD)

    def test_rows_alone_come_in_when_no_gateway_runs(self):
        source = self.world().calls()
        rows, _ = self.export_of(source)
        target = self.world(name="target")
        self.assertEqual(target.gateway.stop(), "")
        self.assertEqual(target.told("ledger", "import", rows)["imported"], CALLS + 1)
        self.assertEqual(target.reprice(target.priced(NEW, "new"))["corrected"], CALLS)
        self.assert_costs(target, NEW)

    def test_a_killed_import_is_repeated_without_doubles(self):
        source = self.world().calls()
        rows, attempts = self.export_of(source)
        target = self.world(name="target")
        for number in range(KILLS):
            killer = threading.Timer(0.05, target.gateway.kill) if number == KILLS // 2 else None
            if killer: killer.start()
            target.start_killed(0.01 * 1.7 ** number, "ledger", "import", rows, "--attempts", attempts)
            if killer: killer.join()
        target.told("ledger", "import", rows, "--attempts", attempts)
        self.assert_same_rows(source, target)
        target.gateway.start()
        self.assertEqual(target.told("ledger", "import", rows, "--attempts", attempts)["imported"], 0)
        self.assertEqual(money.check(target.data), [])

    def test_bad_lines_are_told_by_number_and_field_and_hold_up_all(self):
        source = self.world().calls()
        rows, attempts = self.export_of(source)
        lines = rows.read_text().splitlines()
        bad = [lines[0], lines[1].replace('"input_tokens":', '"inptu_tokens":'), lines[2].replace('"status":"ok"', '"status":"fine"'), lines[0], *lines[3:]]
        broken = source.place / "broken.jsonl"
        broken.write_text("\n".join(bad) + "\n")
        target = self.world(name="target")
        code, out, err = target.run("ledger", "import", broken, "--json")
        self.assertEqual(code, MISUSE)
        self.assertEqual((json.loads(out)["bad"], json.loads(out)["imported"]), (3, 0))
        for words in (":2: inptu_tokens is no field", ":3: status is not one of", ":4: id is that of line 1 too", "nothing was imported"): self.assertIn(words, err)
        self.assertEqual(money.rows(target.data), [])
        told = target.told("ledger", "import", broken, "--skip-bad")
        self.assertEqual((told["imported"], told["bad"]), (CALLS + 1 - 2, 3))
        self.assertEqual(money.check(target.data), [])
        short = source.place / "short.jsonl"
        short.write_text("\n".join(attempts.read_text().splitlines()[1:]) + "\n")
        code, _, err = self.world(name="third").run("ledger", "import", rows, "--attempts", short)
        self.assertEqual(code, MISUSE)
        self.assertRegex(err, r"rows.jsonl:\d+: attempts says 1, .* has 0")

    def test_rows_that_are_older_than_rows_are_kept_stay_out(self):
        source = self.world().calls(2)
        rows, _ = self.export_of(source)
        old = source.place / "old.jsonl"
        year = datetime.now(timezone.utc).year
        old.write_text(rows.read_text().replace(f'"at":"{year}-', '"at":"2019-'))
        told = self.world(name="target").told("ledger", "import", old)
        self.assertEqual((told["imported"], told["too_old"]), (0, 3))


if __name__ == "__main__":
    unittest.main()
