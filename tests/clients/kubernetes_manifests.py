"""Holds manifests to the JSON schemas of Kubernetes releases, strictly: a field that a release does not know is an error.

Reads YAML documents from stdin; the arguments are releases. Says per release and kind what is wrong, or "no schema" for
kinds that Kubernetes itself does not define.
"""
import json
import sys

import kubernetes_validate
import yaml

documents = [document for document in yaml.safe_load_all(sys.stdin) if document]
said = {}
for release in sys.argv[1:]:
    said[release] = {}
    for document in documents:
        try:
            kubernetes_validate.validate(document, release, strict=True)
            outcome = "valid"
        except kubernetes_validate.SchemaNotFoundError:
            outcome = "no schema"
        except kubernetes_validate.ValidationError as error:
            outcome = str(error)[:500]
        said[release][document["kind"]] = outcome
print(json.dumps(said))
