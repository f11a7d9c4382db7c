"""The other side of bench/text.ts: texts that every Python has, and what scikit-learn makes of them.

`rows FILE`: the first paragraph of each docstring of PACKAGES with the package it is of, as JSON.
`fit FILE`: reads { texts, labels, holdout }, fits TfidfVectorizer and LogisticRegression, its strength cross-validated.
"""

import ast
import importlib.util
import json
import os
import sys
import time

PACKAGES = ["mlflow", "numpy", "pandas", "scipy", "sklearn", "sqlalchemy"]


def docstrings(package):
    seen = set()
    root = os.path.dirname(importlib.util.find_spec(package).origin)
    for folder, folders, files in os.walk(root):
        folders.sort()
        if "tests" in folder.split(os.sep):
            continue
        for file in sorted(files):
            if not file.endswith(".py"):
                continue
            try:
                with open(os.path.join(folder, file), encoding="utf8") as source:
                    tree = ast.parse(source.read())
            except (SyntaxError, UnicodeDecodeError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    text = (ast.get_docstring(node) or "").split("\n\n")[0].strip()
                    if len(text.split()) >= 5 and text not in seen:
                        seen.add(text)
                        yield text


def write_rows(file):
    rows = [{"text": text, "package": package} for package in PACKAGES for text in docstrings(package)]
    with open(file, "w", encoding="utf8") as out:
        json.dump(rows, out)


def fit(file):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, log_loss
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline

    with open(file, encoding="utf8") as given:
        rows = json.load(given)
    held = rows["holdout"]
    train = [(t, y) for t, y, h in zip(rows["texts"], rows["labels"], held) if not h]
    test = [(t, y) for t, y, h in zip(rows["texts"], rows["labels"], held) if h]
    began = time.perf_counter()
    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(max_iter=1000),
    )
    grid = {"logisticregression__C": [1, 10, 100]}
    search = GridSearchCV(pipeline, grid, cv=3, scoring="neg_log_loss").fit(*zip(*train))
    seconds = time.perf_counter() - began
    texts, labels = zip(*test)
    shares = search.predict_proba(texts)
    one = time.perf_counter()
    for text in texts[:200]:
        search.predict_proba([text])
    one = (time.perf_counter() - one) / 200
    print(
        json.dumps(
            {
                "logLoss": log_loss(labels, shares, labels=search.classes_),
                "accuracy": accuracy_score(labels, search.classes_[shares.argmax(1)]),
                "seconds": seconds,
                "microsecondsOneRow": one * 1e6,
                "C": search.best_params_["logisticregression__C"],
            }
        )
    )


{"rows": write_rows, "fit": fit}[sys.argv[1]](sys.argv[2])
