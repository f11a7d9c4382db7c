"""MLflow's own scoring client, and requests, at the paths that MLflow and SageMaker call."""
import json, sys
import pandas
import requests
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

host, port = sys.argv[1:3]
url = f"http://{host}:{port}"
client = ScoringServerClient(host, int(port))
client.wait_server_ready(timeout=20)
frame = pandas.DataFrame({
    "total charges": [1.0, 2.0], "age": [float("nan"), 41.0], "contract": pandas.Series(["Monthly", "x"], dtype=object),
})
told = {"client": client.invoke(frame).get_predictions().to_dict(orient="records")}
for what, body in {
    "dataframe_split": frame.to_dict(orient="split"),
    "dataframe_records": json.loads(frame.to_json(orient="records")),
    "instances": [{"total charges": 1}, {"total charges": "2"}],
    "inputs": {"total charges": [1, 2]},
}.items():
    reply = requests.post(f"{url}/invocations", data=json.dumps({what: body, "params": {"any": 1}}),
                          headers={"Content-Type": "application/json"})
    told[what] = [reply.status_code, len(reply.json().get("predictions", [])), len(reply.json().get("prediction_ids", []))]
reply = requests.post(f"{url}/invocations", data=frame.to_csv(index=False), headers={"Content-Type": "text/csv"})
told["csv"] = [reply.status_code, len(reply.json().get("predictions", []))]
told["ping"] = [requests.get(f"{url}/{path}").status_code for path in ("ping", "health", "version")]
reply = requests.post(f"{url}/invocations", json={"dataframe_records": [{"age": 1}]})
told["refused"] = [reply.status_code, reply.json()["error_code"]]
body = {"dataframe_split": frame.assign(other=1).fillna(1).to_dict(orient="split")}
reply = requests.post(f"{url}/invocations", json=body)
told["unknown column"] = [reply.status_code, reply.json()["error_code"]]
print(json.dumps(told))
