import numpy as np, keras
batch_size, epochs, latent_dim, num_samples = 64, 100, 256, 10000
input_texts, target_texts = [], []
input_characters, target_characters = set(), set()
with open('fra.txt', "r", encoding="utf-8") as f:
    lines = f.read().split("\n")
for line in lines[: min(num_samples, len(lines) - 1)]:
    input_text, target_text, _ = line.split("\t")
    target_text = "\t" + target_text + "\n"
    input_texts.append(input_text)
    for char in input_text:
        if char not in input_characters:
            input_characters.add(char)
input_characters = sorted(list(input_characters))
num_encoder_tokens = len(input_characters)
max_len = max([len(txt) for txt in input_texts])
print("Number of samples:", len(input_texts))
encoder_inputs = keras.Input(shape=(None, num_encoder_tokens))
encoder = keras.layers.LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
model = keras.Model(encoder_inputs, state_h)
