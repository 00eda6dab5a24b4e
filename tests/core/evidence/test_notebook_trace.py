"""What a notebook is seen to show: predictions of the model, or something else in their place."""

import ast

import pytest

from bot.core.evidence.notebook_trace import follow

LOAD = "import joblib, pandas as pd\nmodel = joblib.load('m.pkl')\nsample = pd.read_csv('s.csv')\n"

SHOWN = {
    "model or other model method": """
if hasattr(model, 'predict_proba'):
    y = model.predict_proba(sample)
else:
    y = model.predict(sample)
print(y)""",
    "rows that are only there sometimes": """
y = model.predict(sample) if len(sample) else None
print(y)""",
    "nothing until it is scored": """
y = None
if len(sample):
    y = model.predict(sample)
print(y)""",
    "changed in form under a condition": """
y = model.predict(sample)
if hasattr(y, 'numpy'):
    y = y.numpy()
print(y)""",
    "the other branch ends": """
if len(sample):
    y = model.predict(sample)
else:
    raise ValueError('no rows')
print(y)""",
    "a table that gets a column": """
result = sample.copy()
if len(result):
    result['y'] = model.predict(sample)
print(result)""",
    "one of several models": """
match len(sample):
    case 1:
        y = model.predict(sample)
    case _:
        y = model.predict_many(sample)
print(y)""",
    "global model": """
def init():
    global scorer
    scorer = joblib.load('scorer.pkl')
def run(paths):
    rows = []
    for path in paths:
        rows.append(scorer.predict(pd.read_csv(path)))
    return pd.concat(rows)
init()
print(run(['a.csv']))""",
    "table of the notebook filled in a function": """
results = {}
def score(name):
    results[name] = model.predict(sample)
score('P001')
print(results)""",
    "properties": """
class Circuit:
    @property
    def model(self):
        return joblib.load('c.pkl')
    @property
    def sample(self):
        return pd.read_csv('c.csv')
circuit = Circuit()
print(circuit.model.predict(circuit.sample))""",
    "method that calls a method": """
class Scorer:
    def __init__(self):
        self.model = self._load()
    def _load(self):
        return joblib.load('c.pkl')
    def score(self, rows):
        return self.model.predict(rows)
print(Scorer().score(sample))""",
    "inherited method": """
class Base:
    def score(self, rows):
        return self.model.predict(rows)
class Scorer(Base):
    def __init__(self):
        self.model = joblib.load('c.pkl')
scorer = Scorer()
print(scorer.score(sample))""",
    "generator": """
def scored():
    for _, rows in sample.groupby('circuit'):
        yield model.predict(rows)
for y in scored():
    print(y)""",
    "function handed to a pool": """
def score(rows):
    return model.predict(rows)
print(list(pool.map(score, [sample])))""",
    "default of a parameter": """
def score(rows=sample):
    return model.predict(rows)
print(score())""",
    "module by its name": """
import importlib
score = importlib.import_module('score')
score.init()
print(score.run(['s.csv']))""",
    "module by its path": """
import importlib.util
spec = importlib.util.spec_from_file_location('score', 'src/score.py')
score = importlib.util.module_from_spec(spec)
score.init()
print(score.run(['s.csv']))""",
    "Spark": """
from pyspark.ml import PipelineModel
pipeline = PipelineModel.load('p')
scored = pipeline.transform(spark.read.parquet('s'))
scored.select('prediction').show(3)
print('done')""",
    "class of the environment that scores": """
from scoring import BatchScorer
scorer = BatchScorer(folder='models')
scorer.load()
print(scorer.score(sample))""",
    "main of the environment's scoring": """
from src.score import main
print(main(model='models/P001', data='s.csv'))""",
    "model handed to joblib": """
from joblib import Parallel, delayed
print(Parallel(n_jobs=2)(delayed(model.predict)(part) for part in [sample]))""",
    "function handed to joblib": """
from joblib import Parallel, delayed
def score(rows):
    return model.predict(rows)
print(Parallel(n_jobs=2)(delayed(score)(part) for part in [sample]))""",
    "model of statsmodels": """
import statsmodels.api as sm
fitted = sm.load('ols.pickle')
print(fitted.predict(sample))""",
    "pipeline of transformers": """
from transformers import pipeline
classify = pipeline('text-classification', model='./model')
print(classify(sample))""",
    "TensorFlow Lite": """
import tensorflow as tf
lite = tf.lite.Interpreter(model_path='m.tflite')
lite.set_tensor(0, sample)
lite.invoke()
print(lite.get_tensor(1))""",
    "loads handed to threads": """
import asyncio
other = await asyncio.to_thread(joblib.load, 'other.pkl')
print(other.predict(sample))""",
    "a function of Spark": """
import mlflow
predict = mlflow.pyfunc.spark_udf(spark, 'models:/m/5')
print(sample.withColumn('y', predict(*sample.columns)).toPandas())""",
    "every one rounded": "y = model.predict(sample)\nprint([round(one, 3) for one in y])",
    "a file that was downloaded as text": """
import io
print(model.predict(pd.read_csv(io.StringIO(blob.download_blob().readall().decode()))))""",
    "model of a file's text": """
from prophet.serialize import model_from_json
with open('p.json') as file:
    prophet = model_from_json(file.read())
print(prophet.predict(sample))""",
}

NOT_SHOWN = {
    "typed or scored": "y = model.predict(sample) if live else [0.4, 0.3]\nprint(y)",
    "typed or scored where it is shown": "print(model.predict(sample) if live else [0.4, 0.3])",
    "scored or else typed": "y = (live and model.predict(sample)) or [0.4, 0.3]\nprint(y)",
    "picked from a list": "y = [[0.4, 0.3], model.predict(sample)][live]\nprint(y)",
    "typed in the first branch": """
if offline:
    y = [0.4, 0.3]
else:
    y = model.predict(sample)
print(y)""",
    "typed before the branch": """
y = np.array([0.4, 0.3])
if live:
    y = model.predict(sample)
print(y)""",
    "drawn before the branch": """
y = np.random.normal(size=240)
if live:
    y = model.predict(sample)
print(y)""",
    "typed in place of what was scored": """
y = model.predict(sample)
if len(y) != 5:
    y = np.array([0.4, 0.3])
print(y)""",
    "typed in one case": """
match mode:
    case 'offline':
        y = [0.4, 0.3]
    case _:
        y = model.predict(sample)
print(y)""",
    "a file of predictions in one branch": """
if cached:
    y = pd.read_csv('old.csv')
else:
    y = model.predict(sample)
print(y)""",
    "another model in one branch": """
if offline:
    model = Fake()
print(model.predict(sample))""",
    "a typed sample in one branch": """
if offline:
    sample = pd.DataFrame({'p': [1.2, 1.3]})
print(model.predict(sample))""",
    "typed in one of the returns": """
def score(rows):
    if offline:
        return [0.4, 0.3]
    return model.predict(rows)
print(score(sample))""",
    "as many as were predicted": "y = np.full_like(model.predict(sample), 0.4)\nprint(y)",
    "predicted times nothing": "y = model.predict(sample) * 0 + 0.4\nprint(y)",
    "typed as often as was predicted": "y = [0.4 for _ in model.predict(sample)]\nprint(y)",
    "typed as often where it is shown": "y = model.predict(sample)\nprint([0.4 for _ in y])",
    "drawn around nothing": "n = len(model.predict(sample))\nprint(n)",
    "local name gone at the end of its function": """
def score():
    y = model.predict(sample)
score()
print(y)""",
    "class of the notebook that is called a model": """
class FakeModel:
    def predict(self, rows):
        return [0.4, 0.3]
fake = FakeModel.load('m')
print(fake.predict(sample))""",
    "table that is transformed by no model": """
scaled = scaler.transform(sample)
scaled.show()""",
    "property that is typed": """
class Circuit:
    @property
    def y(self):
        return [0.4, 0.3]
circuit = Circuit()
model.predict(sample)
print(circuit.y)""",
    "function handed to a thread that hides its errors": """
y = [0.4, 0.3]
def work():
    global y
    y = model.predict(sample)
Thread(target=work).start()
print(y)""",
    "text that is typed for a model": """
prophet = model_from_json('{"growth": 1}')
print(prophet.predict(sample))""",
    "main of something else": """
from src.report import main
print(main(model='models/P001', data='s.csv'))""",
    "main of the environment's scoring without a sample": """
from src.score import main
print(main(model='models/P001'))""",
    "typed function handed to joblib": """
def made(rows):
    return [0.4, 0.3]
model.predict(sample)
print(Parallel(n_jobs=2)(delayed(made)(part) for part in [sample]))""",
    "class of the notebook that is called a scorer": """
class BatchScorer:
    def score(self, rows):
        return [0.4, 0.3]
print(BatchScorer().score(sample))""",
    "pipeline of the notebook": """
def pipeline(task, model):
    return lambda rows: [0.4, 0.3]
classify = pipeline('text-classification', model='./model')
print(classify(sample))""",
    "TensorFlow Lite without a sample": """
import tensorflow as tf
lite = tf.lite.Interpreter(model_path='m.tflite')
lite.invoke()
print(lite.get_tensor(1))""",
    "a fake handed to threads": """
import asyncio
def load(path):
    return Fake()
other = await asyncio.to_thread(load, 'other.pkl')
print(other.predict(sample))""",
    "a typed text read as a file": """
import io
print(model.predict(pd.read_csv(io.StringIO('p,t\\n1.2,80'))))""",
    "module of another name": """
import importlib
shown = importlib.import_module('shown')
print(shown.run(['s.csv']))""",
}


@pytest.mark.parametrize("code", [pytest.param(c, id=name) for name, c in SHOWN.items()])
def test_sees_the_predictions_of_a_model(code: str) -> None:
    trace = follow([(1, ast.parse(LOAD).body), (2, ast.parse(code).body)])

    assert set(trace.showing) == {2}


@pytest.mark.parametrize("code", [pytest.param(c, id=name) for name, c in NOT_SHOWN.items()])
def test_takes_nothing_else_for_predictions(code: str) -> None:
    trace = follow([(1, ast.parse(LOAD).body), (2, ast.parse(code).body)])

    assert trace.showing == []
