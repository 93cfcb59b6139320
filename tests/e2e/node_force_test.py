#!/usr/bin/env python3
"""A machine changes its key and does not wait for a neighbour that is away (node rotate --force), as real processes.
That neighbour refuses it, loses nothing, and is told by a stick; the others never notice."""
from lib_offices import *

ACCUSING = {"held.back", "gap", "registry.differs", "identity.refused", "stream.forked"}


def rotating(home):
    return run(home, "node", "list")[1].get("rotating")


def delivered(home, case):
    return cases(home)[case]["state"] in ("delivered", "opened", "acknowledged")


def joined(county, name, code, title, officer, port):
    home = path(name)
    said = expect(f"{title} joins", 0, home, "join", invite(county, code, title, "township", port), "--officer", officer)
    check("... is ready", said.get("state") == "ready", said)
    report(home)
    expect("sync", 0, home, "sync")
    return home


def waits(county, near, away):
    expect("force with nothing to force", 65, county, "node", "rotate", "--force")
    expect("the county changes its machine's key", 0, county, "node", "rotate")
    check("... and waits for both", rotating(county) and "node.rotating" in alarms(county), alarms(county))
    expect("twice is refused", 65, county, "node", "rotate")
    run(near, "sync")
    run(near, "sync")
    check("one has heard, one has not: it still waits", rotating(county), rotating(county))
    case = report(near)[1]["case"]
    expect("meanwhile nothing stops", 0, near, "sync")
    check("... the report is delivered", delivered(near, case), cases(near)[case])


def forced(county, near, away):
    said = expect("it waits no longer", 0, county, "node", "rotate", "--force")
    check("... and says who has not heard", said.get("rotating") is False and said.get("unheard") == ["370783106"], said)
    check("the notice is gone", "node.rotating" not in alarms(county), alarms(county))
    case = report(near)[1]["case"]
    expect("who has heard goes on", 0, near, "sync")
    check("... delivered", delivered(near, case), cases(near)[case])


def refused(county, away):
    case = report(away, lane="urgent")[1]["case"]
    code, said = run(away, "sync")
    check("who has not heard takes no word of it", code == 69 and said.get("in_sync") is False, (code, said))
    check("... the report waits, nothing is counted as delivered", not delivered(away, case) and said.get("waiting", 0) >= 1, (cases(away)[case], said))
    return case


def by_stick(county, away, case):
    expect("the county writes it a stick", 0, county, "bundle", "export", "--to", "370783106", path("stick"))
    bent = bytearray(open(path("stick"), "rb").read())
    bent[60] ^= 1
    with open(path("bent"), "wb") as f:
        f.write(bent)
    got, said = run(away, "bundle", "import", path("bent"))
    check("one that was changed is not taken", got not in (0, 70), (got, said))
    expect("the township reads it", 0, away, "bundle", "import", path("stick"))
    expect("... and knows the new key: sync", 0, away, "sync")
    until("what waited is delivered", lambda: run(away, "sync") and delivered(away, case))
    check("... at the county, verified", cases(county)[case]["verified"], cases(county))
    expect("the stick again changes nothing", 0, away, "bundle", "import", path("stick"))


def between(county, near):
    """While a key waits, sticks are still signed with the old one: who has heard of the new takes both."""
    expect("another key", 0, county, "node", "rotate")
    run(near, "sync")
    expect("a stick under the old key", 0, county, "bundle", "export", "--to", "370783105", path("old-key"))
    expect("... is taken by who knows the new one", 0, near, "bundle", "import", path("old-key"))


def main():
    county = path("county")
    port = free_port()
    expect("init", 0, county, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    p = serve(county, "--sync", f"127.0.0.1:{port}")
    near = joined(county, "near", "370783105", "柳河镇", "王芳", port)
    away = joined(county, "away", "370783106", "石桥镇", "周平", port)
    waits(county, near, away)
    forced(county, near, away)
    case = refused(county, away)
    by_stick(county, away, case)
    # A start with the key that it has now.
    stop(p)
    p = serve(county, "--sync", f"127.0.0.1:{port}")
    for h in (near, away):
        report(h)
        expect("sync after a start", 0, h, "sync")
    between(county, near)
    for h in (county, near, away):
        check("nobody is accused", not alarms(h) & ACCUSING, alarms(h))
        said = expect("verify", 0, h, "verify", "--all")
        check("... is good", said.get("ok") is True, said)
    stop(p)


if __name__ == "__main__":
    finish(main)
