// client URL [-cacert FILE] [-header "NAME: VALUE"]: a client on gorilla/websocket that echoes what comes, and tells on
// standard output what its application sees, as cases/README.md has it. The check of UTF-8, which the library leaves to who
// uses it, is here.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const closer = "please close"

func dialer(cacert string) (*websocket.Dialer, error) {
	dialer := &websocket.Dialer{EnableCompression: true, Proxy: http.ProxyFromEnvironment}
	if cacert != "" {
		pem, err := os.ReadFile(cacert)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		dialer.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	return dialer, nil
}

// Until the connection ends: its error then.
func echo(socket *websocket.Conn) error {
	for {
		kind, message, err := socket.ReadMessage()
		if err != nil {
			return err
		}
		name := map[int]string{websocket.TextMessage: "text", websocket.BinaryMessage: "binary"}[kind]
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			socket.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1007, ""))
			return errors.New("not UTF-8")
		}
		fmt.Println("message", name, len(message))
		if kind == websocket.TextMessage && string(message) == closer {
			err = socket.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
		} else {
			err = socket.WriteMessage(kind, message)
		}
		if err != nil {
			return err
		}
	}
}

func tell(err error) {
	var end *websocket.CloseError
	if errors.As(err, &end) {
		reason, _ := json.Marshal(end.Text)
		fmt.Println("closed", end.Code, string(reason))
		return
	}
	fmt.Println("error", strings.Join(strings.Fields(err.Error()), " "))
	fmt.Println("closed", websocket.CloseAbnormalClosure)
}

func run(url, cacert, header string) error {
	dialer, err := dialer(cacert)
	if err != nil {
		return err
	}
	headers := http.Header{}
	if name, value, found := strings.Cut(header, ": "); found {
		headers.Set(name, value)
	}
	socket, _, err := dialer.Dial(url, headers)
	if err != nil {
		return err
	}
	defer socket.Close()
	fmt.Println("open")
	tell(echo(socket))
	return nil
}

func main() {
	cacert := flag.String("cacert", "", "whom to trust (PEM)")
	header := flag.String("header", "", "one more header of the request")
	flag.CommandLine.Parse(os.Args[2:])
	if err := run(os.Args[1], *cacert, *header); err != nil {
		fmt.Println("error", strings.Join(strings.Fields(err.Error()), " "))
	}
}
