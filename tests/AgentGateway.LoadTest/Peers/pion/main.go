// A WHIP server made with pion that returns every caller's packets, as a measure for echo-relay.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/pion/webrtc/v3"
)

var (
	api   *webrtc.API
	mutex sync.Mutex
	calls = map[string]*webrtc.PeerConnection{}
	next  int
)

func answer(offer string) (*webrtc.PeerConnection, error) {
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	local, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "audio", "echo")
	if err != nil {
		return pc, err
	}
	sender, err := pc.AddTrack(local)
	if err != nil {
		return pc, err
	}
	// RTCP must be read, or pion does not process it.
	go func() {
		buffer := make([]byte, 1500)
		for {
			if _, _, err := sender.Read(buffer); err != nil {
				return
			}
		}
	}()
	pc.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		buffer := make([]byte, 1500)
		for {
			n, _, err := remote.Read(buffer)
			if err != nil {
				return
			}
			if _, err = local.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	if err = pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return pc, err
	}
	description, err := pc.CreateAnswer(nil)
	if err != nil {
		return pc, err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err = pc.SetLocalDescription(description); err != nil {
		return pc, err
	}
	<-gathered
	return pc, nil
}

func start(w http.ResponseWriter, r *http.Request) {
	offer, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pc, err := answer(string(offer))
	if err != nil {
		if pc != nil {
			_ = pc.Close()
		}
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	mutex.Lock()
	next++
	location := fmt.Sprintf("/session/%d", next)
	calls[location] = pc
	mutex.Unlock()
	w.Header().Set("Content-Type", "application/sdp")
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, pc.LocalDescription().SDP)
}

func end(w http.ResponseWriter, r *http.Request) {
	mutex.Lock()
	pc := calls[r.URL.Path]
	delete(calls, r.URL.Path)
	mutex.Unlock()
	if pc == nil {
		http.NotFound(w, r)
		return
	}
	_ = pc.Close()
}

func main() {
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(net.IP.IsLoopback)
	api = webrtc.NewAPI(webrtc.WithMediaEngine(codecs()), webrtc.WithSettingEngine(settings))
	http.HandleFunc("/whip/echo", start)
	http.HandleFunc("/session/", end)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("READY")
	log.Fatal(http.Serve(listener, nil))
}

func codecs() *webrtc.MediaEngine {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		log.Fatal(err)
	}
	return engine
}
