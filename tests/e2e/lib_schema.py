"""Answers held against openapi.json: the part of JSON schema that the document uses, and what of it was seen."""
import json
import re


class Documented:
    def __init__(self, document):
        self.document, self.paths, self.shapes = document, document["paths"], document["components"]["schemas"]
        self.seen, self.seen_status, self.codes, self.faults, self.unsaid = set(), set(), set(), [], set()

    def operations(self):
        for route, ops in self.paths.items():
            for method, op in ops.items():
                yield method.upper(), route, op

    def content(self, op):
        return next(iter(op["requestBody"]["content"]))

    def look(self, method, route, status, headers, octets):
        """Notes what fits, and what does not."""
        op = self.paths[route][method.lower()]
        where = f"{method} {route} {status}"
        self.seen_status.add(status)
        answer = op["responses"].get(str(status))
        if answer is None and status in (500, 503, 507):
            answer = self.document["components"]["responses"]["Machine"]
        if answer is None:
            return self.faults.append(f"{where} is not documented: {octets[:300]!r}")
        self.seen.add((method, route, status))
        kind = headers.get("Content-Type", "").split(";")[0]
        said = answer["content"].get(kind)
        if said is None:
            return self.faults.append(f"{where}: {kind or 'no type'} is not documented: {octets[:200]!r}")
        if "json" not in kind:
            return None
        value = json.loads(octets)
        fault = self.misfit(said.get("schema", {}), value, "$")
        if fault:
            self.faults.append(f"{where}: {fault}: {octets[:400]!r}")
        if kind == "application/problem+json":
            self.codes.add(value.get("code"))
            self.in_words(where, value)
        return None

    def in_words(self, where, value):
        """A sentence for people in the language that was asked for is looked at by the test's own zh and en rounds."""
        if not value.get("detail") or not value.get("title"):
            self.faults.append(f"{where}: a problem without a sentence: {value}")

    def misfit(self, schema, v, at):
        if "$ref" in schema:
            return self.misfit(self.shapes[schema["$ref"].rsplit("/", 1)[1]], v, at)
        for one in schema.get("allOf", []):
            if bad := self.misfit(one, v, at):
                return bad
        if "anyOf" in schema:
            all_bad = [self.misfit(one, v, at) for one in schema["anyOf"]]
            return None if None in all_bad else max(all_bad, key=len)
        of = {"null": v is None, "boolean": isinstance(v, bool), "string": isinstance(v, str), "array": isinstance(v, list), "object": isinstance(v, dict),
              "integer": isinstance(v, int) and not isinstance(v, bool), "number": isinstance(v, (int, float)) and not isinstance(v, bool)}
        if "type" in schema and not of[schema["type"]]:
            return f"{at}: {v!r:.80} is not of type {schema['type']}"
        if "enum" in schema and v not in schema["enum"]:
            return f"{at}: {v!r:.80} is none of {schema['enum']!r:.300}"
        if isinstance(v, str):
            if "pattern" in schema and not re.search(schema["pattern"], v):
                return f"{at}: {v!r:.80} does not match {schema['pattern']}"
            if len(v) > schema.get("maxLength", len(v)):
                return f"{at}: {len(v)} characters"
            if schema.get("format") == "date-time" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", v):
                return f"{at}: {v!r} is no time"
        if of["number"] and not schema.get("minimum", v) <= v <= schema.get("maximum", v):
            return f"{at}: {v} is out of range"
        if isinstance(v, list):
            return next((bad for i, x in enumerate(v) if (bad := self.misfit(schema.get("items", {}), x, f"{at}[{i}]"))), None)
        if isinstance(v, dict):
            known, further = schema.get("properties", {}), schema.get("additionalProperties", True)
            for key, x in v.items():
                if key not in known and further is False:
                    return f"{at}.{key} is not documented"
                if bad := self.misfit(known.get(key, further if isinstance(further, dict) else {}), x, f"{at}.{key}"):
                    return bad
            return next((f"{at}.{key} is missing" for key in schema.get("required", []) if key not in v), None)
        return None

    def never_seen(self):
        """(method, route, status) that the document names and nobody provoked."""
        return sorted((m, r, int(s)) for m, r, op in self.operations() for s in op["responses"] if s != "default" and (m, r, int(s)) not in self.seen)
