package main

import (
	"encoding/binary"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/pion/webrtc/v3"
	"github.com/pion/webrtc/v3/pkg/media"
)

const frame = 20 * time.Millisecond

// An Opus frame of digital silence.
var silence = []byte{0xf8, 0xff, 0xfe}

// player sends a packet every 20 ms: those it was given, else silence.
type player struct {
	mutex   sync.Mutex
	packets [][]byte
	over    chan struct{}
}

func newPlayer(track *webrtc.TrackLocalStaticSample) *player {
	p := &player{over: make(chan struct{})}
	go func() {
		ticker := time.NewTicker(frame)
		defer ticker.Stop()
		for {
			select {
			case <-p.over:
				return
			case <-ticker.C:
			}
			if track.WriteSample(media.Sample{Data: p.next(), Duration: frame}) != nil {
				return
			}
		}
	}()
	return p
}

func (p *player) next() []byte {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.packets) == 0 {
		return silence
	}
	packet := p.packets[0]
	p.packets = p.packets[1:]
	return packet
}

func (p *player) play(packets [][]byte) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.packets = packets
}

func (p *player) end() { close(p.over) }

func readPackets(path string) (packets [][]byte, err error) {
	data, err := os.ReadFile(path)
	for err == nil && len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		packets = append(packets, data[2:2+length])
		data = data[2+length:]
	}
	return packets, err
}

// recording holds packets by their sequence number, extended beyond 16 bits.
type recording struct {
	packets map[int64][]byte
	lowest  int64
	highest int64
}

func newRecording() *recording { return &recording{packets: map[int64][]byte{}} }

func (r *recording) add(number uint16, payload []byte) {
	sequence := int64(number)
	if len(r.packets) == 0 {
		r.lowest, r.highest = sequence, sequence
	}
	sequence = r.highest + int64(int16(number-uint16(r.highest)))
	if sequence < r.lowest {
		r.lowest = sequence
	}
	if sequence > r.highest {
		r.highest = sequence
	}
	r.packets[sequence] = append([]byte(nil), payload...)
}

// write writes a packet per sequence number; a lost one is empty.
func (r *recording) write(path string) error {
	if r == nil {
		return errors.New("nothing was recorded")
	}
	var data []byte
	for sequence := r.lowest; sequence <= r.highest; sequence++ {
		packet := r.packets[sequence]
		data = append(data, byte(len(packet)>>8), byte(len(packet)))
		data = append(data, packet...)
	}
	return os.WriteFile(path, data, 0o600)
}
