from torch import nn


class Permute(nn.Module):
    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        return x.permute(self.axes)


model = nn.Sequential(
    nn.Embedding(40, 6),  # embedding: weight = embeddings
    nn.Dropout(0.2),  # dropout
    Permute(0, 2, 1),
    nn.Conv1d(6, 8, 3),  # conv1d: weight = kernel.transpose(2, 1, 0)
    nn.ReLU(),
    nn.AdaptiveMaxPool1d(1),
    nn.Flatten(),
    nn.Linear(8, 10),  # dense: weight = kernel.T
    nn.Dropout(0.2),  # dropout_1
    nn.ReLU(),
    nn.Linear(10, 1),  # dense_1: weight = kernel.T
    nn.Sigmoid(),
)
