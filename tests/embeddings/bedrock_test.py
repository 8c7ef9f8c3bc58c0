"""Embeddings asked in OpenAI's words and answered by Bedrock's models in their makers'."""
import http.client
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from lib.answering import Answering, serve  # noqa: E402
from lib.gateway import Gateway  # noqa: E402
from lib.programs import HOST  # noqa: E402


class Bedrock(Answering):

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, body, self.headers["authorization"]))
        answer = {"embeddings": {"float": [[1, 2]] * len(body["texts"])}} if "texts" in body else {"embedding": [1, 2], "inputTextTokenCount": 7}
        self.say(200, answer, x_amzn_bedrock_input_token_count="9")


class Embeddings(unittest.TestCase):
    def test_titan_and_cohere(self):
        upstream = serve(Bedrock, asked=[])
        with tempfile.TemporaryDirectory(prefix="tollgate-embeddings-") as folder:
            aws = {"type": "bedrock", "base_url": f"http://{HOST}:{upstream.server_address[1]}", "region": "us-east-1",
                   "keys": {"main": {"access_key_id": "AKIDEXAMPLE", "secret": "file:" + str(Path(folder) / "aws")}}}
            (Path(folder) / "aws").write_text("secret")
            routes = {"titan": {"targets": [{"provider": "aws", "model": "amazon.titan-embed-text-v2:0", "price": "m"}]},
                      "cohere": {"targets": [{"provider": "aws", "model": "cohere.embed-english-v3", "price": "m"}]}}
            gateway = Gateway(folder, {"providers": {"aws": aws}, "routes": routes, "prices": {"m": {"input": "1", "output": "0"}}}).start()
            try:
                for model, text, vectors, tokens in (("titan", "a", 1, 7), ("cohere", ["a", "b"], 2, 9), ("titan", ["a", "b"], None, None)):
                    connection = http.client.HTTPConnection(HOST, gateway.port, timeout=10)
                    connection.request("POST", "/v1/embeddings", json.dumps({"model": model, "input": text}),
                                       {"authorization": f"Bearer {gateway.secrets['main']}", "content-type": "application/json"})
                    answer = connection.getresponse()
                    body = json.loads(answer.read())
                    connection.close()
                    if vectors is None:
                        self.assertEqual((answer.status, body["error"]["param"]), (400, "input"))
                        continue
                    self.assertEqual(answer.status, 200, body)
                    self.assertEqual([item["embedding"] for item in body["data"]], [[1, 2]] * vectors)
                    self.assertEqual(body["usage"]["prompt_tokens"], tokens)
                    self.assertEqual(answer.headers["x-tollgate-cost-usd"], f"0.00000{tokens}")
                self.assertTrue(all(proof.startswith("AWS4-HMAC-SHA256") for _, _, proof in upstream.asked))
            finally:
                gateway.stop()
                upstream.shutdown()
                upstream.server_close()


if __name__ == "__main__":
    unittest.main()
