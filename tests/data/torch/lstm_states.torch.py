from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        # weight_ih_l0 = kernel.T
        # weight_hh_l0 = recurrent_kernel.T
        # bias_ih_l0 = bias
        # bias_hh_l0 = 0
        self.encoder = nn.LSTM(3, 4, batch_first=True)
        # weight_ih_l0 = kernel.T
        # weight_hh_l0 = recurrent_kernel.T
        # bias_ih_l0 = bias
        # bias_hh_l0 = 0
        self.decoder = nn.LSTM(4, 4, batch_first=True)
        self.dense = nn.Linear(4, 2)  # weight = kernel.T

    def forward(self, x):
        encoder, (encoder_h, encoder_c) = self.encoder(x)
        decoder, _ = self.decoder(encoder, (encoder_h[0].unsqueeze(0), encoder_c[0].unsqueeze(0)))
        decoder_1 = decoder[:, -1]
        dense = self.dense(decoder_1)
        return dense, encoder_c[0]


model = Model()
