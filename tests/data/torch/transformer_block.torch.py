from torch import nn
from torch.nn import functional as F


class MultiHeadAttention(nn.Module):
    def __init__(self, query, value, key, heads, groups, key_dim, value_dim, out, bias=True, dropout=0.0):
        super().__init__()
        self.heads, self.groups, self.dropout = heads, groups, dropout
        self.query = nn.Linear(query, heads * key_dim, bias)
        self.key = nn.Linear(key, groups * key_dim, bias)
        self.value = nn.Linear(value, groups * value_dim, bias)
        self.out = nn.Linear(heads * value_dim, out, bias)

    def forward(self, query, value, key, is_causal=False):
        q = self.query(query).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        k = self.key(key).unflatten(-1, (self.groups, -1)).transpose(1, 2)
        v = self.value(value).unflatten(-1, (self.groups, -1)).transpose(1, 2)
        k = k.repeat_interleave(self.heads // self.groups, dim=1)
        v = v.repeat_interleave(self.heads // self.groups, dim=1)
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=is_causal)
        return self.out(y.transpose(1, 2).flatten(2))


class Sequential(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(8, 12)  # weight = kernel.T
        self.dense_1 = nn.Linear(12, 8)  # weight = kernel.T

    def forward(self, x):
        x = F.relu(self.dense(x))
        x = self.dense_1(x)
        return x


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        # query.weight = query.kernel.reshape(-1, 16).T
        # query.bias = query.bias.reshape(-1)
        # key.weight = key.kernel.reshape(-1, 16).T
        # key.bias = key.bias.reshape(-1)
        # value.weight = value.kernel.reshape(-1, 16).T
        # value.bias = value.bias.reshape(-1)
        # out.weight = attention_output.kernel.reshape(16, -1).T
        # out.bias = attention_output.bias
        self.multi_head_attention = MultiHeadAttention(8, 8, 8, heads=2, groups=2, key_dim=8, value_dim=8, out=8)
        self.dropout_1 = nn.Dropout(0.1)
        self.layer_normalization = nn.LayerNorm(8, eps=1e-06)  # weight = gamma, bias = beta
        self.sequential = Sequential()
        self.dropout_2 = nn.Dropout(0.1)
        self.layer_normalization_1 = nn.LayerNorm(8, eps=1e-06)  # weight = gamma, bias = beta
        self.dense_2 = nn.Linear(8, 2)  # weight = kernel.T

    def forward(self, x):
        multi_head_attention = self.multi_head_attention(x, x, x)
        dropout_1 = self.dropout_1(multi_head_attention)
        add = x + dropout_1
        layer_normalization = self.layer_normalization(add)
        sequential = self.sequential(layer_normalization)
        dropout_2 = self.dropout_2(sequential)
        add_1 = layer_normalization + dropout_2
        layer_normalization_1 = self.layer_normalization_1(add_1)
        global_average_pooling1d = layer_normalization_1.mean(dim=1)
        dense_2 = F.softmax(self.dense_2(global_average_pooling1d), dim=-1)
        return dense_2


model = Model()
