#!/usr/bin/env python3
"""load.py PROGRAM FOLDER LANG: a city, a county and three townships with a week behind them, left open. Says what it did, checks what it
counts, and ends with 1 when something is not as it should be. The pids of the nodes are in FOLDER/pids.

The week lies in the past: while it is made, the nodes run as they are under a clock that is set back (clock.c, preloaded), so that
what they sign and receipt has the times of the week; then they are started anew under the true clock."""
import concurrent.futures
import datetime
import json
import os
import sys

import sheet
from week import CHINA, HERE, Week
from world import Broken, World


def found(world, now):
    world.clock.go(now - datetime.timedelta(days=8))
    with open(os.path.join(HERE, "offices.json"), encoding="utf-8") as f:
        told = json.load(f)
    with concurrent.futures.ThreadPoolExecutor(2) as two:  # two cores: the passphrases are what takes time
        filling = []
        for key, words in told.items():
            o = world.found(key, words)
            o.writer, o.signer = words["writer"], words["signer"]
            filling.append(two.submit(world.fill, o))
        for f in filling:
            f.result()
        list(two.map(lambda who: who[0].session(who[1]["name"]), [(o, p) for o in world.offices.values() for p in o.people]))


def main():
    program, folder, lang = sys.argv[1:4]
    now, world = datetime.datetime.now(CHINA), None
    try:
        world = World(program, folder)
        found(world, now)
        for o in world.offices.values():  # who joined was called back; that has been seen
            for a in o.ask("GET", "/alarms")["alarms"]:
                if a["row"]:
                    o.ask("POST", f"/alarms/{a['row']}/seen", {})
        week = Week(world, now)
        week.read()
        week.run()
        for o in world.offices.values():
            o.ask("POST", "/backup", {"path": os.path.join(os.path.abspath(folder), o.key + ".backup")})
        for o in [world.second, *world.offices.values()]:
            o.stop()
        for o in world.offices.values():
            o.start(true_clock=True)
        pids = [o.process.pid for o in world.offices.values()]
        counts = sheet.check(world, week)
        with open(os.path.join(folder, "week.json"), "w", encoding="utf-8") as f:  # for what takes pictures of it
            json.dump({"offices": {k: f"http://127.0.0.1:{o.web}" for k, o in world.offices.items()}, "cases": week.cases}, f, ensure_ascii=False)
        sheet.show(world, week, lang, counts)
        with open(os.path.join(folder, "pids"), "w", encoding="ascii") as f:
            print(*pids, file=f)
    except Broken as e:
        if world:
            world.end()
        print(f"demo_week: {e}", file=sys.stderr)
        sys.exit(1)


main()
