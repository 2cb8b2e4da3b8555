from torch import nn
from torch.nn import functional as F


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        # weight_ih_l0 = kernel.T
        # weight_hh_l0 = recurrent_kernel.T
        # bias_ih_l0 = bias
        # bias_hh_l0 = 0
        self.lstm = nn.LSTM(7, 6, batch_first=True)
        # weight_ih_l0 = kernel.T
        # weight_hh_l0 = recurrent_kernel.T
        # bias_ih_l0 = bias
        # bias_hh_l0 = 0
        self.lstm_1 = nn.LSTM(8, 6, batch_first=True)
        self.dense = nn.Linear(6, 8)  # weight = kernel.T

    def forward(self, input_layer, input_layer_1):
        lstm, (lstm_h, lstm_c) = self.lstm(input_layer)
        lstm_1, (lstm_1_h, lstm_1_c) = self.lstm_1(input_layer_1, (lstm_h[0].unsqueeze(0), lstm_c[0].unsqueeze(0)))
        dense = F.softmax(self.dense(lstm_1), dim=-1)
        return dense


model = Model()
