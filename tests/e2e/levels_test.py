#!/usr/bin/env python3
"""Three levels as real processes: a township's reports reach the city sealed, through a county that only carries them;
with the county dead a flash goes by the direct line; the city's 签收 comes down; kill -9 at every level loses nothing."""
from lib_offices import *


def state(home, case, office):
    return deliveries(home, case).get(office, "")


def founded(ports):
    city, county, town = (path(n) for n in ("city", "county", "town"))
    expect("the city", 0, city, "init", "--code", "370700", "--name", "潍安市", "--level", "city", "--officer", "周大河", "--root")
    with open(os.path.join(city, "config.toml"), "w") as f:
        f.write(f'[sync]\naddresses = ["http://127.0.0.1:{ports[0]}"]\n')
    to_county = invite(city, "370783", "青山县", "county", ports[0])
    c = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    expect("the county joins", 0, county, "join", to_county, "--officer", "李明")
    k = serve(county, "--sync", f"127.0.0.1:{ports[1]}")
    to_town = invite(county, "370783105", "柳河镇", "township", ports[1])
    said = expect("the township joins", 0, town, "join", to_town, "--officer", "王芳")
    check("... and is a member", said.get("state") == "ready", said)
    return city, county, town, c, k


def carried(city, county, town, ports, nodes):
    """To both superiors; the city is dead meanwhile, the county keeps it."""
    until("the township knows the city's keys", lambda: run(town, "sync")[0] == 0 and report(town, "--to", "370783,370700")[0] == 0)
    kill(nodes, "city")
    said = report(town, "--to", "370783,370700", lane="flash")[1]
    said_of_sync = expect("sync while the city is dead", 0, town, "sync")
    check("... calls what the county carries carried, not arrived", said_of_sync.get("waiting") == 0 and said_of_sync.get("carried", 0) >= 1 and said_of_sync.get("in_sync") is True and said_of_sync.get("reason") == "", said_of_sync)
    check("... to people too", "on their way by a relay" in page(town, "sync")[1])
    until("the county has its own copy", lambda: state(town, said["case"], "370783") in ("delivered", "opened"))
    check("the city's is not called delivered", state(town, said["case"], "370700") not in ("delivered", "opened"), show(town, said["case"]))
    nodes["city"] = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    until("the city gets it from the county", lambda: any(r["case"] == said["case"] for r in run(city, "report", "list")[1]["reports"]))
    until("and the receipt comes home", lambda: run(town, "sync")[0] in (0, 69) and state(town, said["case"], "370700") in ("delivered", "opened"))
    shown = show(town, said["case"])
    kinds = {(r["kind"], r["by"]) for r in shown["receipts"]}
    check("custody and delivery are told apart", ("stored", "370700") in kinds and ("stored", "370783") in kinds, kinds)
    return said["case"]


def alone(city, county, town, nodes):
    """To the city alone: the county carries what it cannot read."""
    said = report(town, "--to", "370700", lane="urgent")[1]
    until("a report for the city alone arrives", lambda: run(town, "sync")[0] in (0, 69) and state(town, said["case"], "370700") in ("delivered", "opened"))
    listed = {r["case"] for r in run(county, "report", "list", "--limit", "1000")[1]["reports"]}
    check("the county does not have it", said["case"] not in listed, listed)
    expect("nor can show it", 66, county, "report", "show", said["case"])


def killed(city, county, town, ports, nodes):
    """Whoever is killed in the middle: nothing is lost."""
    cases = [report(town, "--to", "370783,370700", lane=lane)[1]["case"] for lane in ("routine", "urgent", "flash") for _ in range(4)]
    for who in ("county", "city", "county"):
        p = subprocess.Popen([YIZHAN, "--home", town, "sync"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
        time.sleep(0.3)
        kill(nodes, who)
        p.kill()
        p.wait()
        home, port = (city, ports[0]) if who == "city" else (county, ports[1])
        nodes[who] = serve(home, "--sync", f"127.0.0.1:{port}")
    done = ("delivered", "opened")
    until("after kills at every level all is at both", lambda: run(town, "sync")[0] in (0, 69) and all(state(town, c, o) in done for c in cases for o in ("370783", "370700")), 60)


def direct(city, county, town, ports, nodes):
    """The county is dead for a week; a flash does not wait for it."""
    kill(nodes, "county")
    node = serve(town)
    said = report(town, "--to", "370783,370700", lane="flash")[1]
    until("with the county dead a flash goes by the direct line", lambda: state(town, said["case"], "370700") in ("delivered", "opened"), 60)
    check("the county's waits", state(town, said["case"], "370783") not in ("delivered", "opened"))
    nodes["county"] = serve(county, "--sync", f"127.0.0.1:{ports[1]}")
    until("and arrives when it is back", lambda: state(town, said["case"], "370783") in ("delivered", "opened"), 60)
    stop(node)
    listed = [r["case"] for r in run(city, "report", "list", "--limit", "1000")[1]["reports"]]
    check("nothing came twice", len(listed) == len(set(listed)), len(listed))


def kill(nodes, who):
    nodes[who].kill()
    nodes[who].wait()
    children.remove(nodes[who])


def main():
    ports = free_ports(2)
    city, county, town, c, k = founded(ports)
    nodes = {"city": c, "county": k}
    carried(city, county, town, ports, nodes)
    alone(city, county, town, nodes)
    killed(city, county, town, ports, nodes)
    direct(city, county, town, ports, nodes)
    for home in (city, county, town):
        said = expect("verify", 0, home, "verify", "--all")
        check("... is good", said.get("ok") is True, said)
    for home in (city, county, town):
        alarms = [a["code"] for a in expect("status", 0, home, "status")["alarms"]]
        check("nobody is accused", not {"held.back", "gap", "registry.differs"} & set(alarms), alarms)


if __name__ == "__main__":
    finish(main)
