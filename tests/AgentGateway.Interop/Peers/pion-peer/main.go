// The matrix's peer over pion. The protocol is described in ../README.md.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/pion/webrtc/v3"
)

type turnServer struct {
	Urls       string `json:"urls"`
	Username   string `json:"username"`
	Credential string `json:"credential"`
}

type command struct {
	Do        string      `json:"do"`
	Channel   bool        `json:"channel"`
	Turn      *turnServer `json:"turn"`
	Restart   bool        `json:"restart"`
	Trickle   bool        `json:"trickle"`
	SDP       string      `json:"sdp"`
	Candidate string      `json:"candidate"`
	Mid       string      `json:"mid"`
	Index     uint16      `json:"index"`
	File      string      `json:"file"`
	Size      int         `json:"size"`
}

type event map[string]interface{}

var output sync.Mutex

func tell(e event) {
	line, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(line))
}

type peer struct {
	mutex     sync.Mutex
	pc        *webrtc.PeerConnection
	channel   *webrtc.DataChannel
	player    *player
	recording *recording
}

// tellIf tells an event of a connection that is not the past yet.
func (p *peer) tellIf(pc *webrtc.PeerConnection, e event) {
	p.mutex.Lock()
	current := p.pc == pc
	p.mutex.Unlock()
	if current {
		tell(e)
	}
}

func (p *peer) open(c command) error {
	configuration := webrtc.Configuration{}
	if c.Turn != nil {
		configuration.ICETransportPolicy = webrtc.ICETransportPolicyRelay
		configuration.ICEServers = []webrtc.ICEServer{{
			URLs: []string{c.Turn.Urls}, Username: c.Turn.Username, Credential: c.Turn.Credential,
		}}
	}
	pc, err := webrtc.NewPeerConnection(configuration)
	if err != nil {
		return err
	}
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "audio", "matrix")
	if err != nil {
		return err
	}
	if _, err = pc.AddTrack(track); err != nil {
		return err
	}
	p.mutex.Lock()
	p.pc = pc
	p.recording = nil
	p.player = newPlayer(track)
	p.mutex.Unlock()

	pc.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate == nil {
			p.tellIf(pc, event{"event": "candidate", "candidate": "", "mid": nil})
			return
		}
		init := candidate.ToJSON()
		p.tellIf(pc, event{"event": "candidate", "candidate": init.Candidate, "mid": init.SDPMid})
	})
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		p.tellIf(pc, event{"event": "state", "state": state.String()})
	})
	pc.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		p.tellIf(pc, event{"event": "track"})
		for {
			packet, _, err := remote.ReadRTP()
			if err != nil {
				return
			}
			p.mutex.Lock()
			if p.recording != nil {
				p.recording.add(packet.SequenceNumber, packet.Payload)
			}
			p.mutex.Unlock()
		}
	})
	pc.OnDataChannel(func(channel *webrtc.DataChannel) { p.use(pc, channel) })
	if c.Channel {
		channel, err := pc.CreateDataChannel("matrix", nil)
		if err != nil {
			return err
		}
		p.use(pc, channel)
	}
	tell(event{"event": "opened"})
	return nil
}

func (p *peer) use(pc *webrtc.PeerConnection, channel *webrtc.DataChannel) {
	p.mutex.Lock()
	p.channel = channel
	p.mutex.Unlock()
	channel.OnOpen(func() { p.tellIf(pc, event{"event": "channel", "state": "open", "label": channel.Label()}) })
	channel.OnClose(func() { p.tellIf(pc, event{"event": "channel", "state": "closed", "label": channel.Label()}) })
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		digest := sha256.Sum256(message.Data)
		p.tellIf(pc, event{"event": "message", "size": len(message.Data), "sha256": hex.EncodeToString(digest[:])})
	})
}

func (p *peer) local(description webrtc.SessionDescription, err error, trickle bool) error {
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err = p.pc.SetLocalDescription(description); err != nil {
		return err
	}
	if !trickle {
		<-gathered
	}
	local := p.pc.LocalDescription()
	tell(event{"event": "sdp", "type": local.Type.String(), "sdp": local.SDP})
	return nil
}

func (p *peer) run(c command) error {
	switch c.Do {
	case "open":
		return p.open(c)
	case "offer":
		offer, err := p.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: c.Restart})
		return p.local(offer, err, c.Trickle)
	case "answer":
		if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: c.SDP}); err != nil {
			return err
		}
		answer, err := p.pc.CreateAnswer(nil)
		return p.local(answer, err, c.Trickle)
	case "accept":
		if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: c.SDP}); err != nil {
			return err
		}
		tell(event{"event": "accepted"})
		return nil
	case "candidate":
		return p.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: c.Candidate, SDPMid: &c.Mid, SDPMLineIndex: &c.Index})
	case "play":
		packets, err := readPackets(c.File)
		p.player.play(packets)
		return err
	case "record":
		p.mutex.Lock()
		p.recording = newRecording()
		p.mutex.Unlock()
		tell(event{"event": "recording"})
		return nil
	case "save":
		p.mutex.Lock()
		err := p.recording.write(c.File)
		p.mutex.Unlock()
		if err != nil {
			return err
		}
		tell(event{"event": "recorded", "file": c.File})
		return nil
	case "send":
		message := make([]byte, c.Size)
		for i := range message {
			message[i] = byte(i*31 + (i>>8)*17 + c.Size)
		}
		return p.channel.Send(message)
	case "hangup":
		p.mutex.Lock()
		pc := p.pc
		p.pc = nil
		p.mutex.Unlock()
		if pc != nil {
			p.player.end()
			if err := pc.Close(); err != nil {
				return err
			}
		}
		tell(event{"event": "hungup"})
		return nil
	}
	return errors.New("unknown command")
}

func main() {
	p := &peer{}
	tell(event{"event": "ready"})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c command
		err := json.Unmarshal(lines.Bytes(), &c)
		if err == nil {
			err = p.run(c)
		}
		if err != nil {
			tell(event{"event": "error", "command": c.Do, "message": err.Error()})
		}
	}
}
