// Calls an agent with pion and prints what happened as one JSON object.
//
// Plays a file of Opus packets of 20 ms, each behind its length as two bytes (big endian), and records what the agent
// sends in the same form. Collects the messages of a data channel. Hangs up when all of it was played, as many packets and
// messages came as were asked for, and a second more is over; or when the gateway ends the call, or nothing of that happens.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/pion/dtls/v2"
	"github.com/pion/webrtc/v3"
	"github.com/pion/webrtc/v3/pkg/media"
)

const (
	frame = 20 * time.Millisecond
	poll  = 10 * time.Millisecond
	// What comes after the last thing asked for.
	tail = time.Second
	// Only a call that hangs takes so long.
	limit = 90 * time.Second
)

type result struct {
	Status    int             `json:"status"`
	Session   string          `json:"session"`
	Answer    string          `json:"answer"`
	Deleted   int             `json:"deleted"`
	EndedBy   string          `json:"ended_by"`
	States    [][]interface{} `json:"states"`
	Messages  [][]interface{} `json:"messages"`
	Packets   int             `json:"packets"`
	Lost      int             `json:"lost"`
	Sent      int             `json:"sent"`
	Reordered int             `json:"reordered"`
}

var (
	mutex   sync.Mutex
	outcome result
	started = time.Now()
	over    = make(chan struct{})
	played  = make(chan struct{})
	endOnce sync.Once
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func stamp() float64 { return time.Since(started).Seconds() }

func ended(by string) {
	endOnce.Do(func() {
		mutex.Lock()
		outcome.EndedBy = by
		mutex.Unlock()
		close(over)
	})
}

func play(track *webrtc.TrackLocalStaticSample, packets [][]byte) {
	ticker := time.NewTicker(frame)
	defer ticker.Stop()
	for _, packet := range packets {
		select {
		case <-over:
			return
		case <-ticker.C:
		}
		if track.WriteSample(media.Sample{Data: packet, Duration: frame}) != nil {
			return
		}
		mutex.Lock()
		outcome.Sent++
		mutex.Unlock()
	}
	close(played)
}

// complete waits until everything asked for has happened.
func complete(packets, messages int) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		<-played
		for {
			mutex.Lock()
			enough := outcome.Packets >= packets && len(outcome.Messages) >= messages
			mutex.Unlock()
			if enough {
				break
			}
			time.Sleep(poll)
		}
		time.Sleep(tail)
		close(done)
	}()
	return done
}

// record writes a packet per sequence number; a lost one is empty.
func record(track *webrtc.TrackRemote, file io.Writer) {
	var expected uint16
	for first := true; ; first = false {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		mutex.Lock()
		if !first && packet.SequenceNumber-expected > 1<<15 {
			outcome.Reordered++
			mutex.Unlock()
			continue
		}
		for ; !first && expected != packet.SequenceNumber; expected++ {
			outcome.Lost++
			_, _ = file.Write([]byte{0, 0})
		}
		expected = packet.SequenceNumber + 1
		outcome.Packets++
		head := make([]byte, 2)
		binary.BigEndian.PutUint16(head, uint16(len(packet.Payload)))
		_, _ = file.Write(append(head, packet.Payload...))
		mutex.Unlock()
	}
}

func load(path string) (packets [][]byte) {
	data, err := os.ReadFile(path)
	check(err)
	for len(data) > 2 {
		length := int(binary.BigEndian.Uint16(data))
		packets = append(packets, data[2:2+length])
		data = data[2+length:]
	}
	return packets
}

type texts []string

func (t *texts) String() string         { return strings.Join(*t, ", ") }
func (t *texts) Set(value string) error { *t = append(*t, value); return nil }

func main() {
	base := flag.String("url", "", "the gateway")
	agent := flag.String("agent", "echo", "the agent's name")
	microphone := flag.String("microphone", "", "file of Opus packets to play")
	recording := flag.String("recording", "", "file of Opus packets to write")
	least := flag.Int("packets", 1, "packets that must come")
	answers := flag.Int("messages", 0, "messages that must come")
	hangup := flag.String("hangup", "delete", "delete: DELETE the session, close: close the connection only")
	srtp := flag.String("srtp", "", "gcm: offer AEAD_AES_128_GCM only, sha1: AES128_CM_HMAC_SHA1_80 only; else both")
	var raw texts
	flag.Var(&raw, "raw", "a message sent as it is")
	flag.Parse()

	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(net.IP.IsLoopback)
	switch *srtp {
	case "gcm":
		settings.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM)
	case "sha1":
		settings.SetSRTPProtectionProfiles(dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	}
	engine := &webrtc.MediaEngine{}
	check(engine.RegisterDefaultCodecs())
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	check(err)

	local, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "audio", "microphone")
	check(err)
	_, err = pc.AddTrack(local)
	check(err)
	file, err := os.Create(*recording)
	check(err)
	packets := load(*microphone)

	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { record(track, file) })
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		mutex.Lock()
		outcome.States = append(outcome.States, []interface{}{stamp(), state.String()})
		mutex.Unlock()
		switch state {
		case webrtc.PeerConnectionStateConnected:
			go play(local, packets)
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			ended("gateway")
		}
	})

	channel, err := pc.CreateDataChannel("events", nil)
	check(err)
	channel.OnOpen(func() {
		ready := `{"label":"rtvi-ai","type":"client-ready","id":"0badcafe","data":{"version":"2.1.0","about":{"library":"pion"}}}`
		for _, text := range append([]string{ready}, raw...) {
			check(channel.SendText(text))
		}
	})
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		mutex.Lock()
		outcome.Messages = append(outcome.Messages, []interface{}{stamp(), string(message.Data)})
		mutex.Unlock()
	})
	channel.OnClose(func() { ended("gateway") })

	offer, err := pc.CreateOffer(nil)
	check(err)
	gathered := webrtc.GatheringCompletePromise(pc)
	check(pc.SetLocalDescription(offer))
	<-gathered
	endpoint := *base + "/whip/" + *agent
	response, err := http.Post(endpoint, "application/sdp", bytes.NewBufferString(pc.LocalDescription().SDP))
	check(err)
	body, err := io.ReadAll(response.Body)
	check(err)
	outcome.Status = response.StatusCode
	outcome.Session = response.Header.Get("Location")
	outcome.Answer = string(body)
	if response.StatusCode != http.StatusCreated {
		finish()
		return
	}
	check(pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(body)}))

	select {
	case <-over:
	case <-complete(*least, *answers):
		ended("caller")
	case <-time.After(limit):
		ended("limit")
	}
	if outcome.EndedBy == "caller" && *hangup == "delete" {
		at, err := url.Parse(endpoint)
		check(err)
		session, err := at.Parse(outcome.Session)
		check(err)
		request, err := http.NewRequest(http.MethodDelete, session.String(), nil)
		check(err)
		deleted, err := http.DefaultClient.Do(request)
		check(err)
		outcome.Deleted = deleted.StatusCode
	}
	// The gateway says goodbye when it is told to hang up: then there may be nothing left to close.
	if err := pc.Close(); !errors.Is(err, dtls.ErrConnClosed) {
		check(err)
	}
	finish()
}

func finish() {
	mutex.Lock()
	defer mutex.Unlock()
	line, err := json.Marshal(outcome)
	check(err)
	fmt.Println(string(line))
}
