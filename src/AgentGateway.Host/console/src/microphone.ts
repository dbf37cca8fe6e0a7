/** Asks for the microphone, with the processing that a call on loudspeakers needs. */
export async function openMicrophone(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new DOMException('insecure', 'InsecureContextError');
  }
  return navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
  });
}

/** Why there is no microphone, in words that say what to do. */
export function explainMicrophone(error: unknown): string {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
      return 'The browser may not use the microphone. Allow it with the icon beside the address, then call again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No microphone was found. Plug one in, or check the sound settings of the system.';
    case 'NotReadableError':
    case 'AbortError':
      return 'The microphone is in use by another program, or the system refused it. Close the other program and call again.';
    case 'InsecureContextError':
      return 'Browsers give the microphone only to secure pages. Open this page as http://localhost or over https.';
    default:
      return `The microphone could not be opened: ${error instanceof Error ? error.message : String(error)}`;
  }
}
