import torch
from torch import nn
from torch.nn import functional as F


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(20, 5)  # weight = kernel.T

    def forward(self, x):
        get_item = x[:, 0]
        get_item_1 = x[:, -1]
        get_item_2 = x[:, 1:-1, ::2]
        mean = get_item_2.mean(dim=1)
        concatenate = torch.cat([get_item, get_item_1, mean], dim=-1)
        dense = self.dense(concatenate)
        relu = F.relu(dense)
        reshape = relu.reshape(-1, 5, 1)
        transpose = reshape.permute(0, 2, 1)
        squeeze = transpose.squeeze(1)
        multiply = squeeze * 2.23606797749979
        return multiply


model = Model()
