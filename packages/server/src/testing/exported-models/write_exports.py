"""Usual exports (indep/) and graphs whose rows depend on each other (dep/)."""
import os, numpy as np, warnings; warnings.filterwarnings('ignore')
os.makedirs('indep',exist_ok=True); os.makedirs('dep',exist_ok=True)
import torch, torch.nn as nn, traceback
torch.manual_seed(0)
def texp(name, m, args, where='indep', dyn=True, **kw):
    m.eval()
    args = args if isinstance(args, tuple) else (args,)
    for kind in ('dynamo','script'):
        p=f'{where}/torch_{name}_{kind}.onnx'
        try:
            if kind=='dynamo':
                B=torch.export.Dim('batch')
                torch.onnx.export(m, args, p, dynamo=True, dynamic_shapes=tuple(kw.get('ds') or [{0:B} for _ in args]), external_data=False, verbose=False)
            else:
                names=[f'x{i}' for i in range(len(args))]
                torch.onnx.export(m, args, p, dynamo=False, input_names=names, output_names=['y'], dynamic_axes={**{n:{0:'batch'} for n in names},'y':{0:'batch'}}, opset_version=17)
        except Exception as e: print('FAIL',name,kind,str(e)[:200].replace('\n',' '))
texp('mlp', nn.Sequential(nn.Linear(8,16),nn.BatchNorm1d(16),nn.ReLU(),nn.Dropout(.1),nn.Linear(16,3),nn.Softmax(1)), torch.randn(2,8))
class CNN(nn.Module):
    def __init__(s):
        super().__init__(); s.c=nn.Conv2d(3,8,3,padding=1); s.b=nn.BatchNorm2d(8); s.p=nn.MaxPool2d(2); s.f=nn.Linear(8*4*4,5)
    def forward(s,x):
        x=s.p(torch.relu(s.b(s.c(x)))); return s.f(x.view(x.size(0),-1))
texp('cnn', CNN(), torch.randn(2,3,8,8))
class CNN2(CNN):
    def forward(s,x):
        x=s.p(torch.relu(s.b(s.c(x)))); return s.f(torch.flatten(x,1))
texp('cnnflat', CNN2(), torch.randn(2,3,8,8))
class CNN3(CNN):
    def forward(s,x):
        x=s.p(torch.relu(s.b(s.c(x)))); return s.f(x.reshape(-1,128))
texp('cnnreshape', CNN3(), torch.randn(2,3,8,8))
class Rec(nn.Module):
    def __init__(s,k,bi=False,bf=True): super().__init__(); s.r=k(4,6,num_layers=2,batch_first=bf,bidirectional=bi); s.f=nn.Linear(12 if bi else 6,2); s.bf=bf
    def forward(s,x):
        o,_=s.r(x); return s.f(o[:,-1] if s.bf else o[-1])
texp('lstm', Rec(nn.LSTM), torch.randn(2,5,4)); texp('gru', Rec(nn.GRU), torch.randn(2,5,4)); texp('bilstm', Rec(nn.LSTM,True), torch.randn(2,5,4)); texp('rnn', Rec(nn.RNN), torch.randn(2,5,4))
texp('encoder', nn.TransformerEncoder(nn.TransformerEncoderLayer(16,4,32,batch_first=True),2), torch.randn(2,5,16))
class Mha(nn.Module):
    def __init__(s): super().__init__(); s.a=nn.MultiheadAttention(16,4,batch_first=True); s.n=nn.LayerNorm(16)
    def forward(s,x): return s.n(s.a(x,x,x)[0]+x).mean(1)
texp('mha', Mha(), torch.randn(2,5,16))
class Vit(nn.Module):
    def __init__(s): super().__init__(); s.p=nn.Conv2d(3,16,4,4); s.cls=nn.Parameter(torch.randn(1,1,16)); s.pos=nn.Parameter(torch.randn(1,5,16)); s.e=nn.TransformerEncoder(nn.TransformerEncoderLayer(16,4,32,batch_first=True),1); s.f=nn.Linear(16,3)
    def forward(s,x):
        x=s.p(x).flatten(2).transpose(1,2); c=s.cls.expand(x.shape[0],-1,-1); x=torch.cat([c,x],1)+s.pos; return s.f(s.e(x)[:,0])
texp('vit', Vit(), torch.randn(2,3,8,8))
class Emb(nn.Module):
    def __init__(s): super().__init__(); s.e=nn.Embedding(10,6); s.f=nn.Linear(6*2+3,2)
    def forward(s,i,x): return s.f(torch.cat([s.e(i).flatten(1),x],1))
texp('emb', Emb(), (torch.randint(0,10,(2,2)),torch.randn(2,3)))
class Unet(nn.Module):
    def __init__(s): super().__init__(); s.a=nn.Conv2d(1,4,3,padding=1); s.u=nn.ConvTranspose2d(4,4,2,2); s.o=nn.Conv2d(8,1,1)
    def forward(s,x):
        a=torch.relu(s.a(x)); b=s.u(nn.functional.max_pool2d(a,2)); c=nn.functional.interpolate(nn.functional.avg_pool2d(a,2),scale_factor=2,mode='bilinear'); return torch.sigmoid(s.o(torch.cat([a,b+c],1)))
texp('unet', Unet(), torch.randn(2,1,8,8))
class Norms(nn.Module):
    def __init__(s): super().__init__(); s.g=nn.GroupNorm(2,4); s.i=nn.InstanceNorm2d(4,affine=True); s.l=nn.LayerNorm([4,6,6])
    def forward(s,x): return (s.g(x)+s.i(x)+s.l(x)).amax((2,3))
texp('norms', Norms(), torch.randn(2,4,6,6))
class MaskPool(nn.Module):
    def __init__(s): super().__init__(); s.e=nn.Embedding(10,8); s.t=nn.TransformerEncoderLayer(8,2,16,batch_first=True)
    def forward(s,ids,mask):
        h=s.t(s.e(ids), src_key_padding_mask=mask==0); m=mask.unsqueeze(-1).float(); return (h*m).sum(1)/m.sum(1).clamp(min=1e-9)
texp('maskpool', MaskPool(), (torch.randint(0,10,(2,5)),torch.ones(2,5,dtype=torch.long)))
class Sim(nn.Module):
    def forward(s,x): return torch.softmax(x@x.T,1)
class BatchStat(nn.Module):
    def forward(s,x): return (x-x.mean(0))/(x.std(0)+1e-6)
class SoftB(nn.Module):
    def forward(s,x): return torch.softmax(x,0)
class Fold(nn.Module):
    def forward(s,x): return x.reshape(4,-1).sum(0,keepdim=True).expand(x.size(0),-1)[:, :1]
class Rank(nn.Module):
    def forward(s,x): return torch.argsort(torch.argsort(x[:,0]))
class Cum(nn.Module):
    def forward(s,x): return torch.cumsum(x,0)
class Roll(nn.Module):
    def forward(s,x): return x-torch.roll(x,1,0)
class DivN(nn.Module):
    def forward(s,x): return x/x.shape[0]
class SeqFirst(nn.Module):
    def __init__(s): super().__init__(); s.r=nn.LSTM(4,6)
    def forward(s,x): return s.r(x)[0]
class First(nn.Module):
    def forward(s,x): return x-x[:1]
class Flip(nn.Module):
    def forward(s,x): return x.flip(0)
class Pos(nn.Module):
    def forward(s,x): return x+torch.arange(x.size(0),device=x.device).float().unsqueeze(1)
class Glob(nn.Module):
    def forward(s,x): return x/x.abs().max()
class BNtrain(nn.Module):
    def forward(s,x): return nn.functional.batch_norm(x,None,None,training=True)
for n,m in dict(sim=Sim(),batchstat=BatchStat(),softb=SoftB(),rank=Rank(),cum=Cum(),roll=Roll(),divn=DivN(),first=First(),flip=Flip(),pos=Pos(),glob=Glob(),bntrain=BNtrain()).items(): texp(n,m,torch.randn(4,6),'dep')
texp('seqfirst',SeqFirst(),torch.randn(4,3,4),'dep')
# scikit-learn
from sklearn.datasets import load_iris, load_diabetes
from sklearn.ensemble import *; from sklearn.linear_model import *; from sklearn.svm import *; from sklearn.neural_network import *; from sklearn.preprocessing import *; from sklearn.pipeline import make_pipeline; from sklearn.compose import make_column_transformer; from sklearn.impute import SimpleImputer; from sklearn.naive_bayes import GaussianNB; from sklearn.tree import *; from sklearn.neighbors import *; from sklearn.decomposition import PCA; from sklearn.calibration import CalibratedClassifierCV; from sklearn.cluster import KMeans
from sklearn.gaussian_process import GaussianProcessRegressor
import pandas as pd
from skl2onnx import to_onnx, convert_sklearn; from skl2onnx.common.data_types import *
X,y=load_iris(return_X_y=True); X=X.astype(np.float32); b=(y==1).astype(int); D,d=load_diabetes(return_X_y=True); D=D.astype(np.float32)
cl=dict(rf=RandomForestClassifier(5),gb=GradientBoostingClassifier(n_estimators=5),hgb=HistGradientBoostingClassifier(max_iter=5),lr=LogisticRegression(),svc=SVC(probability=True),lsvc=LinearSVC(),mlp=MLPClassifier(max_iter=50),nb=GaussianNB(),dt=DecisionTreeClassifier(),knn=KNeighborsClassifier(),pipe=make_pipeline(StandardScaler(),PCA(2),LogisticRegression()),minmax=make_pipeline(MinMaxScaler(),LogisticRegression()),vote=VotingClassifier([('a',LogisticRegression()),('b',GaussianNB())],voting='soft'),stack=StackingClassifier([('a',LogisticRegression()),('b',DecisionTreeClassifier())]),cal=CalibratedClassifierCV(LinearSVC()),ada=AdaBoostClassifier(n_estimators=4),imp=make_pipeline(SimpleImputer(),Normalizer(),SGDClassifier(loss='log_loss')),poly=make_pipeline(PolynomialFeatures(2),LogisticRegression()),quant=make_pipeline(KBinsDiscretizer(3),LogisticRegression()),extra=ExtraTreesClassifier(5),bag=BaggingClassifier(n_estimators=3))
for n,m in cl.items():
    for zm in (True,False):
        try: open(f'indep/skl_{n}{"_zip" if zm else ""}.onnx','wb').write(to_onnx(m.fit(X,y),X[:1],options=None if zm else {'zipmap':False}).SerializeToString())
        except Exception as e: print('FAIL',n,str(e)[:150].replace('\n',' '))
open('indep/skl_bin_zip.onnx','wb').write(to_onnx(LogisticRegression().fit(X,b),X[:1]).SerializeToString())
open('indep/skl_strcls_zip.onnx','wb').write(to_onnx(RandomForestClassifier(5).fit(X,np.array(['a','b','c'])[y]),X[:1]).SerializeToString())
for n,m in dict(rfr=RandomForestRegressor(5),gbr=GradientBoostingRegressor(n_estimators=5),lin=LinearRegression(),ridge=Ridge(),svr=SVR(),mlpr=MLPRegressor(max_iter=50),knnr=KNeighborsRegressor(),hgbr=HistGradientBoostingRegressor(max_iter=5),multi=RandomForestRegressor(3)).items():
    t = np.stack([d,d],1) if n=='multi' else d
    try: open(f'indep/skl_{n}.onnx','wb').write(to_onnx(m.fit(D,t),D[:1]).SerializeToString())
    except Exception as e: print('FAIL',n,str(e)[:150])
try: open('indep/skl_kmeans.onnx','wb').write(to_onnx(KMeans(3,n_init=1).fit(X),X[:1]).SerializeToString())
except Exception as e: print('FAIL kmeans',e)
df=pd.DataFrame({'a':X[:,0],'b':X[:,1],'c':np.array(['x','y','z'])[np.arange(150)%3]})
ct=make_pipeline(make_column_transformer((make_pipeline(SimpleImputer(),StandardScaler()),['a','b']),(OneHotEncoder(handle_unknown='ignore'),['c'])),LogisticRegression()).fit(df,y)
open('indep/skl_columns_zip.onnx','wb').write(convert_sklearn(ct,initial_types=[('a',FloatTensorType([None,1])),('b',FloatTensorType([None,1])),('c',StringTensorType([None,1]))]).SerializeToString())
ct=make_pipeline(make_column_transformer((StandardScaler(),['a','b']),(OrdinalEncoder(),['c'])),RandomForestClassifier(5)).fit(df,y)
open('indep/skl_ordinal_zip.onnx','wb').write(convert_sklearn(ct,initial_types=[('a',FloatTensorType([None,1])),('b',FloatTensorType([None,1])),('c',StringTensorType([None,1]))]).SerializeToString())
import onnxmltools, lightgbm, xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as OF
for n,m in dict(lgbm=lightgbm.LGBMClassifier(n_estimators=5,verbose=-1).fit(X,y),lgbmbin=lightgbm.LGBMClassifier(n_estimators=5,verbose=-1).fit(X,b),lgbmr=lightgbm.LGBMRegressor(n_estimators=5,verbose=-1).fit(D,d)).items():
    try: onnxmltools.utils.save_model(onnxmltools.convert_lightgbm(m,initial_types=[('input',OF([None,m.n_features_in_]))]),f'indep/oml_{n}.onnx')
    except Exception as e: print('FAIL',n,str(e)[:200])
for n,m in dict(xgb=xgboost.XGBClassifier(n_estimators=5).fit(X,y),xgbbin=xgboost.XGBClassifier(n_estimators=5).fit(X,b),xgbr=xgboost.XGBRegressor(n_estimators=5).fit(D,d)).items():
    try: onnxmltools.utils.save_model(onnxmltools.convert_xgboost(m,initial_types=[('input',OF([None,m.n_features_in_]))]),f'indep/oml_{n}.onnx')
    except Exception as e: print('FAIL',n,str(e)[:200])
from onnxruntime.quantization import quantize_dynamic
for n in ('mlp','cnn','lstm','mha'):
    for k in ('script',):
        try: quantize_dynamic(f'indep/torch_{n}_{k}.onnx', f'dep/quant_{n}_{k}.onnx')
        except Exception as e: print('FAIL quant',n,str(e)[:200])
# A table of pandas (doubles and texts), texts, and a network of bfloat16, which ONNX Runtime has no operators for.
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from skl2onnx import convert_sklearn, to_onnx
from skl2onnx.common.data_types import StringTensorType
table=pd.DataFrame({'age':[20.,30,40,50]*20,'city':['a','b','c','a']*20}); known=np.array([0,1,1,0]*20)
columns=ColumnTransformer([('n',StandardScaler(),['age']),('o',OneHotEncoder(handle_unknown='ignore'),['city'])])
open('indep/skl_columns_zip.onnx','wb').write(to_onnx(make_pipeline(columns,LogisticRegression()).fit(table,known),table[:1]).SerializeToString())
texts=make_pipeline(TfidfVectorizer(),LogisticRegression()).fit(['good day','bad day','good','bad']*5,[1,0,1,0]*5)
open('indep/skl_text_zip.onnx','wb').write(convert_sklearn(texts,initial_types=[('text',StringTensorType([None,1]))]).SerializeToString())
bf16=nn.Sequential(nn.Linear(4,8),nn.ReLU(),nn.Linear(8,3),nn.Softmax(1)).bfloat16()
torch.onnx.export(bf16,(torch.randn(2,4).bfloat16(),),'indep/torch_bf16_dynamo.onnx',dynamo=True,dynamic_shapes=[{0:torch.export.Dim('batch')}],external_data=False,verbose=False)
from sklearn.multioutput import MultiOutputClassifier
numbers=np.random.default_rng(0).random((60,4)).astype(np.float32); several=np.stack([np.arange(60)%3,np.arange(60)%2],1)
open('indep/skl_multi_zip.onnx','wb').write(to_onnx(MultiOutputClassifier(LogisticRegression()).fit(numbers,several),numbers[:1]).SerializeToString())
# ONNX Runtime has no Imputer for double.
from sklearn.impute import SimpleImputer
filled=ColumnTransformer([('n',make_pipeline(SimpleImputer(),StandardScaler()),['age']),('o',OneHotEncoder(handle_unknown='ignore'),['city'])])
open('indep/skl_imputer_double.onnx','wb').write(to_onnx(make_pipeline(filled,LogisticRegression()).fit(table,known),table[:1]).SerializeToString())
