#!/usr/bin/env python3
"""Writes src/limits/boundaries_for_test.inc: what Python's zoneinfo knows of six zones over two years, for tests of windows that must not trust
our own reading of time zones.

    tools/limits/boundaries.py        with the tzdata of this machine

Of each zone: when its clocks showed 2026-01-01 00:00, each change of its distance to UTC until 2028, and each day that is not 24 hours long. A day
begins when its date is first on the clock.
"""
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

OUT = Path(__file__).resolve().parents[2] / "src/limits/boundaries_for_test.inc"
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana")
FIRST, LAST = date(2026, 1, 1), date(2028, 1, 1)
STEP_S, DAY_S = 900, 86400  # no zone changes twice, or for less, within a quarter of an hour


def offset_at(second, zone): return int(datetime.fromtimestamp(second, timezone.utc).astimezone(zone).utcoffset().total_seconds())


def date_at(second, zone): return datetime.fromtimestamp(second, timezone.utc).astimezone(zone).date()


def first_second(low, high, is_there):
    """The first second in (low, high] at which `is_there`, which does not change back."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_there(middle) else (middle, high)
    return high


def begins_of_days(zone):
    """[(second, date)] of every date, walked along the clock; a date that comes back is over already."""
    utc_noon = int(datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=timezone.utc).timestamp())
    second, seen, found = utc_noon - 2 * DAY_S, date_at(utc_noon - 2 * DAY_S, zone), []
    while seen < LAST:
        later = second + STEP_S
        if date_at(later, zone) > seen:
            known = seen
            found.append((first_second(second, later, lambda at: date_at(at, zone) > known), date_at(later, zone)))
            seen = date_at(later, zone)
        second = later
    return [(second, day) for second, day in found if FIRST <= day <= LAST]


def changes(zone, begin, end):
    for second in range(begin, end, STEP_S):
        before, after = offset_at(second, zone), offset_at(second + STEP_S, zone)
        if before != after: yield first_second(second, second + STEP_S, lambda at: offset_at(at, zone) == after), after


def line_of(name):
    zone = ZoneInfo(name)
    days = begins_of_days(zone)
    if [day for _, day in days] != [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]: raise SystemExit(f"{name} skips a date")
    odd = [(number, later - begin) for number, ((begin, _), (later, _)) in enumerate(zip(days, days[1:])) if later - begin != DAY_S]
    moves = ", ".join(f"{{{second}, {offset}}}" for second, offset in changes(zone, days[0][0], days[-1][0]))
    return f'{{"{name}", {days[0][0]}, {offset_at(days[0][0], zone)}, {{{moves}}}, {{{", ".join(f"{{{number}, {length}}}" for number, length in odd)}}}}},'


def main():
    version = Path("/usr/share/zoneinfo/tzdata.zi").read_text().split("\n", 1)[0].removeprefix("# version ")
    OUT.write_text(f"// Written by tools/limits/boundaries.py from tzdata {version}.\n" + "\n".join(map(line_of, ZONES)) + "\n")


if __name__ == "__main__":
    main()
