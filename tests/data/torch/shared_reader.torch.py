import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(35, 4)  # weight = embeddings
        # weight_ih_l0 = kernel.T
        # weight_hh_l0 = recurrent_kernel.T
        # bias_ih_l0 = bias
        # bias_hh_l0 = 0
        self.lstm = nn.LSTM(4, 5, batch_first=True)
        self.dense = nn.Linear(10, 1)  # weight = kernel.T

    def forward(self, input_layer, input_layer_1):
        embedding = self.embedding(input_layer)
        lstm, _ = self.lstm(embedding)
        lstm_1 = lstm[:, -1]
        embedding_1 = self.embedding(input_layer_1)
        lstm_2, _ = self.lstm(embedding_1)
        lstm_3 = lstm_2[:, -1]
        concatenate = torch.cat([lstm_1, lstm_3], dim=-1)
        dense = torch.sigmoid(self.dense(concatenate))
        return dense


model = Model()
