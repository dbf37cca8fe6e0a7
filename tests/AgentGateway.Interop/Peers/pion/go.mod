module agentgateway/pion-caller

go 1.19

require (
	github.com/pion/dtls/v2 v2.2.6
	github.com/pion/webrtc/v3 v3.1.56
)
