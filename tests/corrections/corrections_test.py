"""Corrections of the ledger against real programs: the past priced anew and compared with what providers say; while a gateway runs, when
none does, and whatever is killed meanwhile: nothing is edited, nothing comes twice, everything adds up."""
import json
import re
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from corrections import exports  # noqa: E402
from corrections.world import (CALLS, COMMAND_LIMIT_S, KILLS, LONG_AGO, MISUSE, NEW, NO, OLD, YES, Case, costs_with_corrections,  # noqa: E402
                               nano, split)
from lib import money  # noqa: E402
from lib.programs import HOST, ROOT, TOLLGATE, free_port  # noqa: E402

SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def corrected_attempts(data):
    """What a provider would bill that has the corrected prices: the attempts, with the corrections of their rows. Each call has one."""
    differences = {}
    for row in money.rows(data):
        if row["corrects"]: differences[row["corrects"]] = differences.get(row["corrects"], 0) + row["cost_nano_usd"]
    return [{**attempt, "cost_nano_usd": attempt["cost_nano_usd"] + differences.get(attempt["request_id"], 0)} for attempt in money.attempts(data)]


class Corrections(Case):
    # -- reprice ------------------------------------------------------------------------------------------------------

    def test_the_past_is_priced_anew_while_a_gateway_runs(self):
        world = self.world().calls()
        before = money.rows(world.data)
        self.assertEqual(money.check(world.data, nano(OLD)), [])
        config = world.priced(NEW, "new")
        self.assertEqual(world.reprice(config, "--dry-run")["corrected"], CALLS)
        self.assertEqual(money.rows(world.data), before)

        told = world.reprice(config)
        calls, corrections = self.assert_costs(world, NEW)
        self.assertEqual(calls, before)  # nothing is edited
        self.assertEqual((told["corrected"], told["rows"], told["unpriced"], len(corrections)), (CALLS, CALLS + 1, 0, CALLS))
        self.assertEqual(told["difference_nano_usd"], sum(row["cost_nano_usd"] for row in corrections))
        self.assertEqual(world.admin("/api/v1/usage")["total"]["cost_nano_usd"], sum(costs_with_corrections(calls + corrections).values()))
        by_id = {row["id"]: row for row in calls}
        for row in corrections:
            for name in ("at", "key", "team", "user", "feature", "tags", "route", "provider", "model", "status"):
                self.assertEqual(row[name], by_id[row["corrects"]][name], name)

        self.assertEqual(world.reprice(config)["corrected"], 0)
        self.assertEqual(len(money.rows(world.data)), CALLS + 1 + CALLS)
        world.calls(4)  # it goes on with its own prices, and the next time finds those
        self.assertEqual(world.reprice(config)["corrected"], 4)
        self.assert_costs(world, NEW)
        self.assertEqual(world.reprice(world.priced(OLD, "old"))["corrected"], CALLS + 4)  # and back
        self.assert_costs(world, OLD)
        self.assertEqual(world.gateway.stop(), "")
        self.assert_costs(world, OLD)

    def test_the_past_is_priced_anew_when_no_gateway_runs_and_the_next_one_knows(self):
        world = self.world().calls()
        self.assertEqual(world.gateway.stop(), "")
        config = world.priced(NEW, "new")
        self.assertEqual(world.reprice(config)["corrected"], CALLS)
        self.assert_costs(world, NEW)
        mock = free_port()
        world.gateway.started.start("mock", f"http://{HOST}:{mock}/mock/bill", TOLLGATE, "mock", "--listen", f"{HOST}:{mock}")
        world.gateway.start()
        self.assert_costs(world, NEW)
        self.assertEqual(world.reprice(config)["corrected"], 0)

    def test_calls_that_had_no_price_get_their_cost(self):
        world = self.world(price=None).calls()
        self.assertEqual(sum(row["cost_nano_usd"] for row in money.rows(world.data)), 0)
        self.assertEqual(world.reprice(str(world.gateway.config))["unpriced"], CALLS)
        self.assertEqual(world.reprice(world.priced(NEW, "new"))["corrected"], CALLS)
        self.assert_costs(world, NEW)

    def test_only_the_time_that_was_asked_for(self):
        world = self.world().calls()
        config = world.priced(NEW, "new")
        self.assertEqual(world.told("ledger", "reprice", "--config", config, "--from", "2020-01-01", "--to", "2020-02-01")["rows"], 0)
        middle = split(money.rows(world.data))[0][CALLS // 2]["at"]
        self.assertEqual(world.told("ledger", "reprice", "--config", config, "--from", middle)["corrected"], CALLS - CALLS // 2)
        self.assertEqual(world.reprice(config)["corrected"], CALLS // 2)
        self.assert_costs(world, NEW)

    def test_a_killed_repricing_is_repeated_without_doubles(self):
        world = self.world().calls()
        config = world.priced(NEW, "new")
        words = ("ledger", "reprice", "--config", config, "--from", LONG_AGO)
        for number in range(KILLS):
            killer = threading.Timer(0.05, world.gateway.kill) if number == KILLS // 2 else None
            if killer: killer.start()
            world.start_killed(0.01 * 1.7 ** number, *words)
            if killer: killer.join()
        world.reprice(config)
        self.assertEqual(len(self.assert_costs(world, NEW)[1]), CALLS)
        world.gateway.start()
        self.assertEqual(world.reprice(config)["corrected"], 0)
        self.assert_costs(world, NEW)

    def test_what_reprice_needs_is_named(self):
        world = self.world()
        for words, named in ((("--from", LONG_AGO), "--config"), (("--config", str(world.gateway.config)), "--from"),
                             (("--config", "nowhere.yaml", "--from", LONG_AGO), "nowhere.yaml")):
            code, out, err = world.run("ledger", "reprice", *words)
            self.assertEqual((code, out), (MISUSE, ""))
            self.assertIn(named, err)

    # -- reconcile ----------------------------------------------------------------------------------------------------

    def reconcile(self, world, export, *more, code=YES):
        path = world.place / "export"
        path.write_text(export if isinstance(export, str) else json.dumps(export))
        got, out, err = world.run("ledger", "reconcile", path, "--format", "json", *more)
        self.assertEqual(got, code, out + err)
        return json.loads(out) if code != MISUSE else err

    def test_equal_exports_of_all_shapes_do_not_drift(self):
        world = self.world().calls()
        attempts = money.attempts(world.data)
        self.assertGreater(sum(exports.input_of(attempt) for attempt in attempts), 0)
        shapes = {"csv": (exports.plain_csv(attempts), 4), "openai_usage": (exports.openai_usage(attempts, {"main": "key_abc"}), 3),
                  "openai_costs": (exports.openai_costs(attempts), 1), "anthropic_usage": (exports.anthropic_usage(attempts), 3),
                  "anthropic_costs": (exports.anthropic_costs(attempts), 1)}
        for name, (export, measures) in shapes.items():
            more = ("--key", "key_abc=main") if name == "openai_usage" else ()
            told = self.reconcile(world, export, *more)
            self.assertEqual((told["format"], told["drift"], len(told["measures"]), told["lines"]), (name, False, measures, []))
            self.assertGreaterEqual(told["compared"], 1)

    def test_drift_is_told_by_day_key_and_model(self):
        world = self.world().calls()
        attempts = money.attempts(world.data)
        lines = exports.plain_csv(attempts).splitlines()
        cells = lines[1].split(",")
        cells[3] = str(int(cells[3]) + 7)
        told = self.reconcile(world, "\n".join([lines[0], ",".join(cells)]), code=NO)
        self.assertEqual([(line["key"], line["model"], line["measure"], line["kind"], line["difference"]) for line in told["lines"]],
                         [("main", "m", "input_tokens", "differs", -7)])
        self.reconcile(world, "\n".join([lines[0], ",".join(cells)]), "--tolerance", "5%")
        more = "\n".join([*lines, f"{cells[0]},second,m,1,0,1,0"])
        self.assertEqual({(line["key"], line["kind"]) for line in self.reconcile(world, more, code=NO)["lines"]}, {("second", "only_theirs")})
        unknown = self.reconcile(world, exports.openai_usage(attempts, {"main": "key_abc"}), code=NO)
        self.assertEqual({(line["key"], line["kind"]) for line in unknown["lines"]}, {("key_abc", "only_theirs"), ("main", "only_ours")})
        code, out, _ = world.run("ledger", "reconcile", world.place / "export")
        self.assertEqual((code, out.splitlines()[0].split()[:3]), (NO, ["DAY", "KEY", "MODEL"]))
        code, out, _ = world.run("ledger", "reconcile", world.place / "export", "--format", "csv")
        self.assertEqual((code, out.splitlines()[0]), (NO, "day,key,model,measure,kind,ours,theirs,difference"))

    def test_a_correction_counts_with_the_attempt_that_answered(self):
        world = self.world().calls()
        world.reprice(world.priced(NEW, "new"))
        attempts = money.attempts(world.data)
        for attempt in attempts: attempt["cost_nano_usd"] = money.cost_of(attempt, nano(NEW))
        self.reconcile(world, exports.plain_csv(attempts))

    def test_a_file_that_is_not_understood_is_named_with_its_place(self):
        world = self.world()
        for export, named in (("", "empty"), ("day,key,model\n", "line 1"), ("day,key,model,cost_usd\n2026-11-01,a,b,x\n", "line 2: cost_usd"),
                              ({"data": [{"start_time": 0, "results": [{}]}]}, "data[0].results[0].input_tokens"), ({"rows": []}, "data")):
            self.assertIn(named, self.reconcile(world, export, code=MISUSE))
        for words in (("--key", "a"), ("--tolerance", "2"), ("--format", "xml")):
            self.assertIn(words[0], self.reconcile(world, "day,key,model,cost_usd\n", *words, code=MISUSE))

    # -- all ----------------------------------------------------------------------------------------------------------

    def test_the_audit_log_tells_who_corrected(self):
        world = self.world().calls(2)
        rows, _ = self.export_of(world)
        world.reprice(world.priced(NEW, "new"))
        other = self.world(name="target")
        other.told("ledger", "import", rows)
        for told, action, after in ((world, "ledger.reprice", "2 corrections"), (other, "ledger.import", "3 rows")):
            end = time.monotonic() + 10
            while True:
                events = [json.loads(line) for line in told.run("audit", "rows", "--kind", "change", "--json")[1].splitlines()]
                found = [event for event in events if event["action"] == action]
                if found or time.monotonic() > end: break
                time.sleep(0.05)
            self.assertEqual(len(found), 1, events)
            self.assertTrue(found[0]["actor"].startswith("tollgate ledger"), found)
            self.assertIn(after, found[0]["after"])

    def test_what_the_page_shows_works(self):
        world = self.world().calls(3)
        (world.place / "tollgate").symlink_to(TOLLGATE)
        (world.place / "tollgate-data").symlink_to(world.data)
        world.priced(NEW, "corrected")
        blocks = SHELL.findall((ROOT / "docs/corrections.md").read_text())
        self.assertTrue(blocks)
        env = {**world.gateway.started.env, "PATH": f"{world.place}:{world.gateway.started.env['PATH']}"}
        for block in blocks:
            (world.place / "usage.csv").write_text(exports.plain_csv(corrected_attempts(world.data)))
            done = subprocess.run(["bash", "-euc", block], cwd=world.place, env=env, capture_output=True, text=True, timeout=COMMAND_LIMIT_S, check=False)
            self.assertEqual(done.returncode, YES, f"{block}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    unittest.main()
