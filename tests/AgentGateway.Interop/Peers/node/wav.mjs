// WAV files of mono 16 bit samples, the only ones the peers exchange with a test; at 48 kHz unless said otherwise.
const HEADER = 44;
const RATE = 48000;

export function readWav(file) {
  return new Int16Array(file.buffer.slice(file.byteOffset + HEADER, file.byteOffset + file.length));
}

// Samples as a page sends them: little-endian bytes in base64.
export function decodePcm(base64) {
  const bytes = Buffer.from(base64, 'base64');
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

export function writeWav(samples, rate = RATE) {
  const wav = Buffer.alloc(HEADER + samples.length * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => wav.writeInt16LE(sample, HEADER + i * 2));
  return wav;
}
