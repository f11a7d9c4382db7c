"""KServe's REST client, in its first and second protocol."""
import asyncio, json, sys
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig
from kserve.protocol.rest.v2_datamodels import *  # noqa: F403  the client expects them loaded

url, token, name = sys.argv[1:4]
headers = {"Authorization": f"Bearer {token}"}


async def main():
    first = InferenceRESTClient(RESTConfig(protocol="v1"))
    second = InferenceRESTClient(RESTConfig(protocol="v2"))
    told = {"v1": await first.infer(url, {"instances": [{"total charges": 1}]}, model_name=name, headers=headers),
            "v2_ready": await second.is_model_ready(url, name, headers=headers),
            "live": await second.is_server_live(url), "ready": await second.is_server_ready(url)}
    for binary in (False, True):
        charges = InferInput("total charges", [2], "FP64")
        charges.set_data_from_numpy(np.array([1.0, 2.0]), binary_data=binary)
        request = InferRequest(model_name=name, infer_inputs=[charges], request_id="call-1")
        response = await second.infer(url, request, model_name=name, headers=headers)
        told["binary" if binary else "json"] = {
            "id": response.id, "yes": next(o for o in response.outputs if o.name == "probability_Yes").as_numpy().tolist()}
    print(json.dumps(told))


asyncio.run(main())
