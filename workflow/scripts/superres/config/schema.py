"""JSON schema of the configuration, made from its typed sections."""

import functools
import operator
from functools import cache

from superres.config.sections import Configuration


@cache
def of_configuration() -> dict:
    """The whole schema without references, so that each part can be used alone."""
    schema = Configuration.model_json_schema()
    parts = schema.pop("$defs")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | _plain(schema, parts)


def _plain(schema: dict, parts: dict) -> dict:
    """A schema with its references replaced; a value that is not given needs no null."""
    if "$ref" in schema:
        part = parts[schema["$ref"].rpartition("/")[2]]
        return _plain(part | {key: schema[key] for key in schema if key != "$ref"}, parts)
    if "anyOf" in schema:
        kinds = [kind for kind in schema["anyOf"] if kind != {"type": "null"}]
        # What one type allows says nothing of the values of another.
        given = functools.reduce(operator.or_, kinds)
        if kinds[1:]:
            given = given | {"type": [kind["type"] for kind in kinds]}
        own = {key: value for key, value in schema.items() if key != "anyOf"}
        if own.get("default") is None:
            own.pop("default", None)
        return _plain(given | own, parts)
    plain = {key: value for key, value in schema.items() if key not in ("title", "properties")}
    # Names of the user's choice; the keys of such a section all hold the same kind of section.
    for pattern, kind in plain.pop("patternProperties", {}).items():
        plain |= {"propertyNames": {"pattern": pattern}, "additionalProperties": kind}
    if "description" in plain:
        plain["description"] = " ".join(plain["description"].split())
    # A value that is none of those allowed is refused by naming them, whatever its type.
    if "enum" in plain:
        del plain["type"]
    for key in ("items", "additionalProperties"):
        if isinstance(plain.get(key), dict):
            plain[key] = _plain(plain[key], parts)
    if "properties" in schema:
        plain["properties"] = {
            name: _plain(value, parts) for name, value in schema["properties"].items()
        }
    return plain
