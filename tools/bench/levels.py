"""Three levels: a township's flash to the city by way of its county, each hop over the same slow line."""
import os
import random
import time

import cases
from machine import LINKS, Failed
from offices import SYNC_PORT, Office

CITY_PORT = 8702


def chain(bench, net):
    """City and township stand at one end of the line, the county at the other: (city, county, township), serving."""
    home = os.path.join(bench.work, "runs", "two-hops")
    city, county, town = (Office(bench, net, side, os.path.join(home, name))
                          for side, name in (("node", "city"), ("hub", "county"), ("node", "town")))
    city.run("init", "--code", "370700", "--name", "潍水市", "--level", "city", "--officer", "赵敏", "--root")
    invited = lambda office, code, name, level, url: office.run(
        "invite", "--code", code, "--name", name, "--level", level, "--url", url)[0]["invitation"]
    city.serve(CITY_PORT)
    line = invited(city, "370783", "青山县", "county", f"http://10.77.0.1:{CITY_PORT}")
    county.run("join", line, "--officer", "李明")
    county.serve(SYNC_PORT)
    line = invited(county, "370783105", "柳河镇", "township", f"http://{net.address}:{SYNC_PORT}")
    town.run("join", line, "--officer", "王芳")
    town.serve()
    for _ in range(100):
        town.run("sync", ok=(0, 69))
        if any(o["office"] == "370700" for o in town.run("office", "list")[0]["offices"]):
            return city, county, town
        time.sleep(0.2)
    raise Failed("the township never heard of the city")


def until_at_city(town, case, since):
    while True:
        seen = time.monotonic()
        told = town.run("report", "show", case)[0]["deliveries"]
        if any(d["office"] == "370700" and d["state"] in cases.DELIVERED for d in told):
            return seen - since
        if seen - since > 120:
            raise Failed(f"not at the city after 120 s: {told}")
        time.sleep(0.02)


def case_two_hops(bench):
    if not bench.root:
        return bench.skipped("two-hops", "a shaped line needs root and /dev/net/tun")
    runs = 20 if bench.full else 10
    dice = random.Random(bench.seed)
    with bench.net() as net:
        net.shape("hop")
        offices = chain(bench, net)
        town = offices[2]
        try:
            note = f"two hops, each {' '.join(LINKS['hop'])} seed {bench.seed}; until the township has the city's receipt"
            for how, words in (("flash to the city, idle lines", []), ("flash to the city, behind 20 MB", ["bulk"])):
                if words:
                    cases.attach_bulk(bench, town)
                    time.sleep(5)
                times = []
                for i in range(runs):
                    time.sleep(dice.uniform(0.5, 3))
                    case, since, _ = cases.flash(bench, town, i, "--to", "370700")
                    times.append(until_at_city(town, case, since))
                if words and not town.status()["lanes"]["bulk"]["waiting"]:
                    bench.problem("case two-hops: the attachments were through before the last flash report")
                bench.figure("two-hops", how, 1, times, "s", note)
        finally:
            for office in reversed(offices):
                office.end()
