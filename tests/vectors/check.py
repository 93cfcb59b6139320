#!/usr/bin/env python3
"""Computes every vector in this folder again without a line of our own C++.

Only the Python standard library (hashlib's BLAKE2b among it) and libsodium through
ctypes. The layouts are written here a second time, from crypto/FORMATS.md. Prints what
was checked; exits 1 on any difference.

    check.py          compare
    check.py --fill   compute "expect" where a new vector has none yet; never touches one that is there
"""
import ctypes
import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
NA = ctypes.CDLL("libsodium.so.23")
if NA.sodium_init() < 0:
    sys.exit("libsodium does not start")
SUITE = b"\x01"
U64 = ctypes.c_ulonglong


def call(name, *args):
    if getattr(NA, name)(*args) != 0:
        raise ValueError(name + " failed")


def buf(n):
    return ctypes.create_string_buffer(n)


def u(value, size):
    return int(value).to_bytes(size, "big")


def h(text):
    return bytes.fromhex(text)


def blake(personal, data, size=32, key=b""):
    return hashlib.blake2b(data, digest_size=size, key=key, person=personal.encode().ljust(16, b"\0")).digest()


def sign_public(seed):
    pk, sk = buf(32), buf(64)
    call("crypto_sign_seed_keypair", pk, sk, seed)
    return pk.raw, sk.raw


def sign(seed, context, message):
    whole = context.encode().ljust(32, b"\0") + SUITE + message
    out = buf(64)
    pk, sk = sign_public(seed)
    call("crypto_sign_detached", out, None, whole, U64(len(whole)), sk)
    call("crypto_sign_verify_detached", out, whole, U64(len(whole)), pk)
    return out.raw


def box_public(secret):
    out = buf(32)
    call("crypto_scalarmult_base", out, secret)
    return out.raw


def sealed_box(plain, reader_public, ephemeral_secret):
    """crypto_box_seal with the ephemeral key given: public ‖ box under nonce BLAKE2b-192(public ‖ reader)."""
    ephemeral = box_public(ephemeral_secret)
    nonce = hashlib.blake2b(ephemeral + reader_public, digest_size=24).digest()
    out = buf(len(plain) + 16)
    call("crypto_box_easy", out, plain, U64(len(plain)), nonce, reader_public, ephemeral_secret)
    return ephemeral + out.raw


def aead(key, nonce, plain, associated):
    out = buf(len(plain) + 16)
    call("crypto_aead_xchacha20poly1305_ietf_encrypt", out, None, plain, U64(len(plain)), associated,
         U64(len(associated)), None, nonce, key)
    return out.raw


def group_digits(data):
    return " ".join("%05d" % int.from_bytes(data[i:i + 2], "big") for i in range(0, 16, 2))


def padded(content, least):
    n = max(content + 1, least)
    step = 256 if n < 4096 else 1 << (n.bit_length() - 6)
    return -(-n // step) * step


def base32(data):
    bits = "".join("{:08b}".format(b) for b in data)
    bits += "0" * (-len(bits) % 5)
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[int(bits[i:i + 5], 2)] for i in range(0, len(bits), 5))


def do_text(v):
    return {"hex": h(v["bytes"]).hex(), "base32": base32(h(v["bytes"]))}


def do_fingerprint(v):
    return {"groups": group_digits(h(v["hash"]))}


def do_hash(v):
    data = b"".join(h(p) for p in v["parts"])
    return {"digest": blake(v["personal"], data, v.get("size", 32), h(v.get("key", ""))).hex()}


def do_id(v):
    key = h(v["key"])
    return {"office": blake("yz1:office-id", key, 16).hex(), "node": blake("yz1:node-id", key, 16).hex(),
            "person": blake("yz1:person-id", key, 16).hex(), "hint": blake("yz1:key-hint", key)[:8].hex()}


def do_sign(v):
    message = b"".join(h(p) for p in v["parts"])
    return {"public": sign_public(h(v["seed"]))[0].hex(), "signature": sign(h(v["seed"]), v["context"], message).hex()}


def do_certificate(v):
    code, name = v["code"].encode(), v["name"].encode()
    issuer_key = sign_public(h(v["issuer_seed"]))[0]
    tail = (h(v["office"]) + h(v["subject"]) + h(v["issuer"]) + issuer_key + u(v["not_before_ms"], 8)
            + u(v["not_after_ms"], 8) + u(v["serial"], 8) + u(v["level"], 1) + b"\0" + u(v["roles"], 2) + h(v["key"])
            + u(len(code), 1) + code + u(len(name), 2) + name)
    head = b"YZC1" + SUITE + u(v["type"], 1) + u(v["flags"], 2) + u(12 + len(tail) + 64, 4)
    body = head + tail
    whole = body + sign(h(v["issuer_seed"]), "yizhan/v1/cert", blake("yz1:cert", body))
    digest = blake("yz1:cert", whole)
    return {"bytes": whole.hex(), "digest": digest.hex(), "fingerprint": group_digits(digest)}


def do_root(v):
    keys = sorted(h(k) for k in v["keys"])
    body = (b"YZT1" + SUITE + u(v["threshold"], 1) + u(len(keys), 1) + b"\0" + u(v["version"], 4) + u(v["issued_ms"], 8)
            + h(v["top"]) + h(v["top_key"]) + b"".join(keys))
    digest = blake("yz1:root", body)
    sigs = sorted((sign_public(h(s))[0], sign(h(s), "yizhan/v1/root", digest)) for s in v["holder_seeds"])
    whole = body[:7] + u(len(sigs), 1) + body[8:] + b"".join(k + s for k, s in sigs)
    return {"bytes": whole.hex(), "digest": digest.hex(), "fingerprint": group_digits(digest)}


def do_box(v):
    public = box_public(h(v["secret"]))
    return {"public": public.hex(), "hint": blake("yz1:key-hint", public)[:8].hex()}


def do_wrap(v):
    reader = box_public(h(v["reader_secret"]))
    return {"wrap": sealed_box(h(v["cek"]) + h(v["header"]), reader, h(v["ephemeral_secret"])).hex()}


def do_aead(v):
    return {"ciphertext": aead(h(v["key"]), h(v["nonce"]), h(v["plain"]), h(v["associated"])).hex()}


def do_padding(v):
    return {"size": padded(v["content"], v["least"])}


def do_derive(v):
    out = buf(32)
    call("crypto_kdf_derive_from_key", out, ctypes.c_size_t(32), ctypes.c_uint64(v["number"]), v["context"].encode(),
         h(v["parent"]))
    return {"key": out.raw.hex()}


def do_slot(v):
    name = v["slot_name"].encode()
    head = (b"YZK1" + SUITE + u(v["slot_kind"], 1) + u(len(name), 2) + name + u(v["kdf"], 1) + u(v["memory_kib"], 4)
            + u(v["passes"], 4) + h(v["salt"]))
    if v["kdf"] == 1:
        out = buf(32)
        word = h(v["passphrase"])
        # 2 is crypto_pwhash_ALG_ARGON2ID13
        call("crypto_pwhash", out, U64(32), word, U64(len(word)), h(v["salt"]), U64(v["passes"]),
             ctypes.c_size_t(v["memory_kib"] * 1024), 2)
        key = out.raw
    else:
        key = h(v["key"])
    sealed = aead(key, h(v["nonce"]), h(v["secret"]), head)
    return {"bytes": (head + h(v["nonce"]) + u(len(sealed), 2) + sealed).hex()}


KINDS = {name[3:]: f for name, f in list(globals().items()) if name.startswith("do_")}


def main():
    fill = "--fill" in sys.argv[1:]
    wrong = total = 0
    for path in sorted(HERE.glob("*.json")):
        file = json.loads(path.read_text())
        if file.get("checker") != "check.py":  # sync's vectors have a checker of their own
            continue
        counts = {}
        for v in file["vectors"]:
            got = KINDS[v["kind"]](v)
            if fill and "expect" not in v:
                v["expect"] = got
            if v.get("expect") != got:
                wrong += 1
                print("DIFFERENT  %s: %s (%s)\n  file %s\n  here %s" % (path.name, v["name"], v["kind"], v.get("expect"), got))
            counts[v["kind"]] = counts.get(v["kind"], 0) + 1
            total += 1
        if fill:
            path.write_text(json.dumps(file, indent=1, ensure_ascii=False) + "\n")
        print("%-18s %s" % (path.name, ", ".join("%d %s" % (n, k) for k, n in sorted(counts.items()))))
    print("%d vectors computed again, %d different" % (total, wrong))
    return 1 if wrong or total == 0 else 0


sys.exit(main())
