#!/usr/bin/env python3
"""Keys that end and begin, as real processes: a stolen PC is revoked and replaced, an office is suspended and goes on,
the county moves to another port and back, roles change, keys are renewed. What was sent before stays valid."""
from lib_offices import *


def join(county, name, port):
    said = expect("invite", 0, county, "invite", "--code", "370783105", "--name", "柳河镇", "--level", "township", "--url", f"http://127.0.0.1:{port}")
    home = path(name)
    joined = expect("join", 0, home, "join", said.get("invitation", ""), "--officer", "王芳")
    check("... is ready", joined.get("state") == "ready", joined)
    return home


def suspended(county, town):
    expect("the county suspends the township", 0, county, "office", "suspend", "370783105", "--reason", "整顿")
    before = len(cases(county))
    report(town)
    said = expect("a sync meanwhile", 69, town, "sync")
    check("... says why", said.get("reason") == "exchange.suspended", said)
    check("status says it in words", "exchange.suspended" in alarms(town), alarms(town))
    check("nothing came, all is queued", len(cases(county)) == before and said.get("waiting", 0) >= 1, said)
    expect("the county lets it go on", 0, county, "office", "suspend", "370783105", "--resume")
    expect("what was queued leaves", 0, town, "sync")
    check("... and has arrived", len(cases(county)) == before + 1, len(cases(county)))
    check("the notice is gone", "exchange.suspended" not in alarms(town), alarms(town))


def moved(county, town, p, port):
    new, third = free_port(), free_port()
    expect("the county says where it will be", 0, county, "office", "address", "--url", f"http://127.0.0.1:{new}")
    expect("the township hears it", 0, town, "sync")
    stop(p)
    p = serve(county, "--sync", f"127.0.0.1:{new}")
    report(town)
    expect("the township follows without a hand", 0, town, "sync")
    stop(p)
    p = serve(county, "--sync", f"127.0.0.1:{third}")
    report(town)
    expect("to a place that nobody announced it does not", 69, town, "sync")
    expect("no address at all is refused", 65, town, "superior", "url", "370783", "ftp://x")
    expect("a person says where", 0, town, "superior", "url", "370783", f"http://127.0.0.1:{third}")
    expect("... and it goes on", 0, town, "sync")
    return p, third


def people(county, town):
    with open(path("second"), "w") as f:
        f.write("another long passphrase")
    expect("a second officer", 0, town, "officer", "add", "赵敏", "--role", "drafter,signer,admin_keys", "--passphrase-file-for", path("second"))
    said = expect("other roles", 0, town, "officer", "role", "赵敏", "--role", "drafter,signer,duty,admin_keys", "--as", "王芳")
    check("... are his", "duty" in said.get("roles", []), said)
    expect("the last administrator of people stays", 65, town, "officer", "suspend", "王芳", "--as", "王芳")
    expect("suspended", 0, town, "officer", "suspend", "赵敏", "--as", "王芳")
    code, said = run(town, "status", "--as", "赵敏", "--passphrase-file", path("second"))
    check("the suspended one is not let in", code == 77, (code, said))
    expect("let back", 0, town, "officer", "suspend", "赵敏", "--resume", "--as", "王芳")
    code, said = run(town, "status", "--as", "赵敏", "--passphrase-file", path("second"))
    check("... and is", code == 0, (code, said))
    code, said = run(town, "officer", "add", "孙立", "--role", "drafter,admin_keys,admin_policy", "--passphrase-file-for", path("second"), "--as", "王芳")
    check("of three, one is not two administrators", code == 77 and said.get("code") == "roles.admin", (code, said))
    expect("a new key of his own", 0, town, "officer", "renew", "--as", "王芳")
    expect("the township's sync", 0, town, "sync", "--as", "王芳")
    expect("赵敏 is retired", 0, town, "officer", "revoke", "赵敏", "--why", "retired", "--reason", "调离", "--as", "王芳")
    code, said = run(town, "report", "new", "--kind", "brief", "--lane", "routine", "--title", "x", "--body-file", path("body"), "--as", "赵敏", "--passphrase-file", path("second"))
    check("... and signs nothing any more", code == 77, (code, said))


def keys(county, town):
    expect("the township changes its node's key", 0, town, "node", "rotate", "--as", "王芳")
    report(town, "--as", "王芳")
    expect("sync while it changes over", 0, town, "sync", "--as", "王芳")
    expect("sync under the new key", 0, town, "sync", "--as", "王芳")
    check("the change is over", not run(town, "node", "list", "--as", "王芳")[1].get("rotating", True))
    expect("the county changes its own", 0, county, "node", "rotate")
    expect("sync hears of it", 0, town, "sync", "--as", "王芳")
    report(town, "--as", "王芳")
    expect("sync with the county's new key", 0, town, "sync", "--as", "王芳")
    check("the county's change is over", not run(county, "node", "list")[1].get("rotating", True))
    expect("the county renews the township's certificate", 0, county, "office", "renew", "370783105")
    expect("sync brings it", 0, town, "sync", "--as", "王芳")
    for home, who in ((town, ["--as", "王芳"]), (county, [])):
        check("verify", run(home, "verify", "--all", *who)[1].get("ok") is True, run(home, "verify", "--all", *who))


def stolen(county, town, port):
    before = cases(county)
    expect("revoking without a reason", 2, county, "office", "revoke", "370783105", "--why", "compromised")
    expect("an office does not revoke itself", 65, county, "office", "revoke", "370783", "--why", "retired", "--reason", "x")
    code, said = run(town, "office", "revoke", "370783", "--why", "compromised", "--reason", "报复", "--as", "王芳")
    check("nobody revokes who stands above", code == 77 and said.get("code") == "revoke.issuer", (code, said))
    expect("the PC is stolen and revoked", 0, county, "office", "revoke", "370783105", "--why", "compromised", "--reason", "电脑被盗")
    expect("twice is once", 0, county, "office", "revoke", "370783105", "--why", "compromised", "--reason", "电脑被盗")
    report(town, "--as", "王芳")
    said = expect("the thief's sync", 69, town, "sync", "--as", "王芳")
    check("... is refused", said.get("reason") == "exchange.revoked", said)
    after = cases(county)
    check("what it sent before stays valid", set(after) == set(before) and all(r["verified"] for r in after.values()), after)
    check("the county sees it", "revoked.office" in alarms(county), alarms(county))
    check("verify holds", run(county, "verify", "--all")[1].get("ok") is True)
    again = join(county, "town2", port)
    report(again)
    expect("the new PC reports under the old code", 0, again, "sync")
    check("... it has arrived", len(cases(county)) == len(before) + 1, len(cases(county)))
    said = expect("the thief still", 69, town, "sync", "--as", "王芳")
    check("... stays outside", said.get("reason") == "exchange.revoked", said)


def main():
    county, port = path("county"), free_port()
    expect("init", 0, county, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    p = serve(county, "--sync", f"127.0.0.1:{port}")
    town = join(county, "town", port)
    report(town)
    expect("sync", 0, town, "sync")
    suspended(county, town)
    p, port = moved(county, town, p, port)
    people(county, town)
    keys(county, town)
    stolen(county, town, port)
    stop(p)


if __name__ == "__main__":
    finish(main)
