#!/usr/bin/env python3
"""An office that changes its authority key, its superior, or the root above it, as real processes: a city, two counties,
a township. Mail is under way all the while; nobody is accused; what was signed before stays good."""
from lib_offices import *

# What may stand on a page without accusing anybody.
QUIET = {"root.unconfirmed", "office.admitted", "office.moved", "backup.old", "backup.none", "nodes.one", "sync.old"}


def joined(name, superior, code, title, level, officer, port):
    home = path(name)
    invitation = invite(superior, code, title, level, port)
    said = expect(f"{title} joins", 0, home, "join", invitation, "--officer", officer)
    check("... is ready", said.get("state") == "ready", said)
    return home


def accused(*homes):
    bad = ("identity.refused", "office.disputed", "held.back", "gap", "registry.differs", "nothing.heard", "not.taken", "authority.missing")
    return {os.path.basename(h): sorted(alarms(h) & set(bad)) for h in homes if alarms(h) & set(bad)}


def settle(*homes):
    for _ in range(3):
        for h in homes:
            run(h, "sync")


def keys(county, town, city):
    report(town)
    report(county)
    said = expect("the county makes a new key", 0, county, "office", "rotate-key")
    check("... and waits", "office.rotating" in alarms(county), alarms(county))
    expect("twice is refused", 65, county, "office", "rotate-key")
    expect("the city hears of it", 0, county, "sync")
    check("the city is asked to compare", "office.key-waits" in alarms(city), alarms(city))
    digits = said.get("fingerprint", "")
    wrong = digits[:-1] + ("0" if digits[-1:] != "0" else "1")
    expect("other digits certify nothing", 76, city, "office", "confirm-key", "370783", wrong)
    expect("the digits that were read out do", 0, city, "office", "confirm-key", "370783", digits)
    expect("twice is once", 66, city, "office", "confirm-key", "370783", digits)
    expect("the county hears of it", 0, county, "sync")
    check("the change is over", "office.rotating" not in alarms(county), alarms(county))
    expect("the township's mail arrives", 0, town, "sync")
    settle(county, town)
    check("both reports are there", len(cases(county)) >= 2 and len(cases(city)) >= 1, (cases(county), cases(city)))
    expect("the new key works: an officer renews his own under it", 0, county, "officer", "renew")
    for h in (city, county, town):
        check("verify", run(h, "verify", "--all")[1].get("ok") is True)


def moves(city, east, west, town, port):
    report(town)
    before = len(cases(east))
    line = invite(west, "370784105", "柳河镇", "township", port, "--move")
    expect("an invitation to move is none to join", 65, town, "superior", "add", line)
    said = expect("the township moves", 0, town, "office", "move", line)
    check("... at once", said.get("state") == "ready" and said.get("office") == "370784105", said)
    expect("twice is refused", 65, town, "office", "move", line)
    settle(town, west, east, town, west, east)
    until("what waited for the old county arrived there", lambda: settle(town, west, east) or len(cases(east)) == before + 1)
    offices = {o["office"]: o["state"] for o in run(east, "office", "list")[1].get("offices", [])}
    check("the old county shows it as moved", offices.get("370784105") == "moved", offices)
    rows = {o["office"]: o["figures"]["received"] for o in run(east, "stats")[1].get("offices", [])}
    check("what it did there still counts there", rows.get("370784105", 0) >= 1, rows)
    check("... also under its code of then", run(east, "stats", "--office", "370783105")[1].get("offices", [{}])[0].get("office") == "370784105")
    report(town)
    expect("it reports to the new one", 0, town, "sync")
    check("... which has it", len(cases(west)) == 1 and all(r["verified"] for r in cases(west).values()), cases(west))
    ups = {s["office"]: s["kind"] for s in run(town, "superior", "list")[1].get("superiors", [])}
    check("its superior is the new one alone", ups.get("370784") == "superior" and "370783" not in ups, ups)


def root(city, counties):
    files = {}
    for who in "abc":
        files[who] = expect(f"holder {who} makes a key", 0, city, "root", "key", "--out", path("root-" + who), "--name", who)["key"]
    expect("a key file is never overwritten", 65, city, "root", "key", "--out", path("root-a"))
    shown = expect("the root is shown", 0, city, "root", "show")
    check("... one of one", (shown["version"], shown["threshold"], len(shown["holders"])) == (1, 1, 1), shown)
    old = shown["holders"][0]["key"]
    two = path("two")
    said = expect("two of three are proposed", 0, city, "root", "propose", "--threshold", "2", *[w for k in files.values() for w in ("--add-key", k)], "--remove-key", old, "--out", two)
    check("... with digits to compare", said.get("digest"), said)
    expect("unsigned it is adopted by nobody", 76, city, "root", "adopt", two)
    expect("a key that is no holder's is not removed", 66, city, "root", "propose", "--remove-key", "00" * 32, "--out", path("none"))
    expect("one holder signs", 0, city, "root", "sign", two, "--key", path("root-a"))
    expect("... twice is once", 0, city, "root", "sign", two, "--key", path("root-a"))
    expect("another signs", 0, city, "root", "sign", two, "--key", path("root-c"))
    said = expect("without the old holder it is not enough", 76, city, "root", "adopt", two)
    check("... and says who is missing", said.get("code") == "root.threshold", said)
    expect("the old holder signs with the key in the city's home", 0, city, "root", "sign", two)
    said = expect("now it is in force", 0, city, "root", "adopt", two)
    check("... two of three", (said["version"], said["threshold"], len(said["holders"]), len(said["history"])) == (2, 2, 3, 2), said)
    expect("twice is refused", 65, city, "root", "adopt", two)
    for home in counties:
        run(home, "sync")
        until("it has come down to " + os.path.basename(home), lambda: run(home, "root", "show")[1].get("version") == 2)
        check("... as the same digits", run(home, "root", "show")[1].get("digest") == said["digest"])
    expect("a file that is no proposal", 65, city, "root", "adopt", write("nonsense", "x" * 300))
    expect("a third version", 0, city, "root", "propose", "--threshold", "1", "--out", path("three"))
    expect("is signed by one", 0, city, "root", "sign", path("three"), "--key", path("root-b"))
    expect("... which is enough for itself, not for the version before", 76, city, "root", "adopt", path("three"))
    expect("a second", 0, city, "root", "sign", path("three"), "--key", path("root-c"))
    expect("... is", 0, city, "root", "adopt", path("three"))


def main():
    city = path("city")
    ports = free_ports(3)
    expect("init", 0, city, "init", "--code", "370700", "--name", "潍河市", "--level", "city", "--officer", "赵刚", "--root")
    p = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    east = joined("east", city, "370783", "青山县", "county", "李明", ports[0])
    west = joined("west", city, "370784", "安山县", "county", "孙立", ports[0])
    q = serve(east, "--sync", f"127.0.0.1:{ports[1]}")
    w = serve(west, "--sync", f"127.0.0.1:{ports[2]}")
    town = joined("town", east, "370783105", "柳河镇", "township", "王芳", ports[1])
    keys(east, town, city)
    # The county starts anew with the key that it has now.
    stop(q)
    q = serve(east, "--sync", f"127.0.0.1:{ports[1]}")
    moves(city, east, west, town, ports[2])
    root(city, [west, town])
    check("nobody is accused", not accused(city, west, town), accused(city, west, town))
    for one in (p, q, w):
        stop(one)


if __name__ == "__main__":
    finish(main)
