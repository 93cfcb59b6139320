#!/usr/bin/env python3
"""The top office changes its own authority key by the root document, as real processes over three levels: a city, a
county, a township. Everybody below follows; what was signed before stays good; whoever has the old key certifies nobody."""
from lib_offices import *

ACCUSING = {"identity.refused", "office.disputed", "held.back", "gap", "registry.differs", "not.taken", "authority.missing", "certificate.superseded"}


def joined(name, superior, code, title, level, officer, port):
    home = path(name)
    said = expect(f"{title} joins", 0, home, "join", invite(superior, code, title, level, port), "--officer", officer)
    check("... is ready", said.get("state") == "ready", said)
    return home


def settle(*homes):
    for _ in range(3):
        for h in homes:
            run(h, "sync")


def version(home):
    return run(home, "root", "show")[1].get("version")


def accused(*homes):
    return {os.path.basename(h): sorted(alarms(h) & ACCUSING) for h in homes if alarms(h) & ACCUSING}


def verified(*homes):
    for h in homes:
        said = run(h, "verify", "--all")
        check(f"verify at the {os.path.basename(h)}", said[1].get("ok") is True, said)


def before(city, county, town):
    """A case that the top office's officer acknowledged, under the key that it has now."""
    case = report(county, lane="urgent")[1]["case"]
    report(town)
    settle(county, town)
    expect("the city acknowledges", 0, city, "report", "acknowledge", case)
    settle(county)
    until("the county hears it", lambda: cases(county)[case]["state"] == "acknowledged")
    return case


def alone(city, county, town, case):
    """The only holder's key lies in the city's home: the key changes at once."""
    said = expect("the top office changes its key", 0, city, "office", "rotate-key")
    check("... at once, by the next version of the root", said.get("state") == "ready" and said.get("version") == 2 and said.get("fingerprint"), said)
    check("that the backup lacks the new key is said where it was changed, and nowhere else", "backup.keys" in alarms(city) and "backup.keys" not in alarms(county), (alarms(city), alarms(county)))
    expect("a backup is made", 0, city, "backup", path("city.yzbackup"))
    check("... and it is said no more", "backup.keys" not in alarms(city), alarms(city))
    report(town)
    settle(county, town, county, town)
    for h in (county, town):
        until(f"the {os.path.basename(h)} has the new root", lambda: version(h) == 2)
    check("nobody is accused", not accused(city, county, town), accused(city, county, town))
    verified(city, county, town)
    expect("evidence of a case of before", 0, county, "evidence", case, path("case.yzevidence"))
    said = expect("... holds for a third person", 0, path("nobody"), "evidence", "check", path("case.yzevidence"))
    check("... and names the new root", said.get("ok") is True and said.get("root_fingerprint") == run(city, "root", "show")[1].get("digest"), said)
    expect("the new key certifies: an officer renews his own", 0, city, "officer", "renew")
    expect("... and the county's certificate", 0, city, "office", "renew", "370783")


def thief(stolen, county):
    """A copy of the city's home of before: it has the old key. He brings what he made to a copy of the county, so that
    his using the city's machine's name too does not disturb the others."""
    expect("the thief certifies the county anew", 0, stolen, "office", "renew", "370783")
    expect("... and a further machine of the city for himself, on a stick", 0, stolen, "node", "rotate")
    expect("... takes the county's identity back", 0, stolen, "office", "revoke", "370783", "--why", "compromised", "--reason", "报复")
    known = run(county, "office", "list")[1]["offices"]
    code, said = run(stolen, "bundle", "export", "--to", "370783", path("evil"))
    check("his stick", code == 0, said)
    run(county, "bundle", "import", path("evil"))
    check("... changes nothing at the county", run(county, "office", "list")[1]["offices"] == known and "self.revoked" not in alarms(county), alarms(county))
    check("... and is shown as refused", {"identity.refused", "frame.refused"} & alarms(county), alarms(county))
    verified(county)


def later(city, ports):
    """Who joins afterwards knows the new key alone."""
    west = joined("west", city, "370784", "安山县", "county", "孙立", ports[0])
    case = report(west, lane="urgent")[1]["case"]
    expect("it reports", 0, west, "sync")
    check("... and has arrived, verified", cases(city)[case]["verified"], cases(city)[case])
    return west


def by_holders(city, county, town, west):
    """Two of three holders sign the next one, each with his own file."""
    keys = {who: expect(f"holder {who} makes a key", 0, city, "root", "key", "--out", path("h-" + who), "--name", who)["key"] for who in "abc"}
    old = run(city, "root", "show")[1]["holders"][0]["key"]
    expect("two of three from now on", 0, city, "root", "propose", "--threshold", "2", *[w for k in keys.values() for w in ("--add-key", k)], "--remove-key", old, "--out", path("v3"))
    for who in "ab":
        expect(f"holder {who} signs", 0, city, "root", "sign", path("v3"), "--key", path("h-" + who))
    expect("the holder of before signs", 0, city, "root", "sign", path("v3"))
    stale = expect("a new key that names version 3 too", 0, city, "office", "rotate-key", "--out", path("stale"))
    expect("version 3 without it is in force", 0, city, "root", "adopt", path("v3"))
    expect("now nobody changes the key alone", 65, city, "office", "rotate-key")
    said = expect("the stale proposal is refused", 76, city, "root", "adopt", path("stale"))
    check("... for its version", said.get("code") == "root.version", said)
    said = expect("the new key is proposed", 0, city, "office", "rotate-key", "--out", path("v4"))
    check("... and waits for the holders", said.get("state") == "signing" and said.get("version") == 4, said)
    check("... the same key as proposed before", said.get("fingerprint") == stale.get("fingerprint"), (said, stale))
    expect("a file that is there is not overwritten", 65, city, "office", "rotate-key", "--out", path("v4"))
    expect("one holder signs", 0, city, "root", "sign", path("v4"), "--key", path("h-a"))
    expect("... twice counts once", 0, city, "root", "sign", path("v4"), "--key", path("h-a"))
    said = expect("one is too few", 76, city, "root", "adopt", path("v4"))
    check("... and says so", said.get("code") == "root.threshold", said)
    expect("nothing has changed: the old key works", 0, city, "officer", "renew")
    expect("another signs", 0, city, "root", "sign", path("v4"), "--key", path("h-c"))
    expect("now it is in force", 0, city, "root", "adopt", path("v4"))
    report(town)
    settle(west, county, town, county, town)
    for h in (county, town, west):
        until(f"the {os.path.basename(h)} follows both versions", lambda: version(h) == 4)
    settle(west, county, town)
    check("nobody is accused", not accused(city, county, town, west), accused(city, county, town, west))
    verified(city, county, town, west)
    expect("an older version goes back nowhere", 76, city, "root", "adopt", path("v3"))


def main():
    city = path("city")
    ports = free_ports(2)
    expect("init", 0, city, "init", "--code", "370700", "--name", "潍河市", "--level", "city", "--officer", "赵刚", "--root")
    p = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    county = joined("county", city, "370783", "青山县", "county", "李明", ports[0])
    q = serve(county, "--sync", f"127.0.0.1:{ports[1]}")
    town = joined("town", county, "370783105", "柳河镇", "township", "王芳", ports[1])
    case = before(city, county, town)
    stop(p)
    shutil.copytree(city, path("stolen"))
    p = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    alone(city, county, town, case)
    # Both start anew, with the keys that they have now.
    stop(q)
    shutil.copytree(county, path("county-copy"))
    q = serve(county, "--sync", f"127.0.0.1:{ports[1]}")
    thief(path("stolen"), path("county-copy"))
    stop(p)
    p = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    west = later(city, ports)
    by_holders(city, county, town, west)
    for one in (p, q):
        stop(one)


if __name__ == "__main__":
    finish(main)
