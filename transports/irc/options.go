package irc

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"

	"isthmus/mapping/nick"
	"isthmus/transports"
)

// The names of the fields, as people's scripts know them.
const (
	optionRealname     = "realname"
	optionUsername     = "username"
	optionEncodingIn   = "encoding_in"
	optionEncodingOut  = "encoding_out"
	optionCommands     = "after_connect_commands"
	optionNick         = "nick"
	optionPass         = "pass"
	optionSASLPassword = "sasl_password"
	optionSASLAccount  = "sasl_account"
	optionCertificate  = "client_certificate"
	optionAddress      = "address"
	optionPorts        = "ports"
	optionTLSPorts     = "tls_ports"
	optionVerify       = "verify_cert"
	optionFingerprint  = "fingerprint"
	optionThrottle     = "throttle_limit"
)

// accountFields are what a person may set for a server.
var accountFields = []transports.Field{
	{Name: optionNick, Label: "Nickname", Help: "The nickname to connect with. If it is empty, that of the first room joined is used."},
	{Name: optionUsername, Label: "User name", Help: "The user name that others see before the @ of your mask. If it is empty, it is made from your address."},
	{Name: optionRealname, Label: "Real name", Help: "What others see as your real name. If it is empty, your nickname is used."},
	{Name: optionSASLPassword, Label: "SASL password", Kind: transports.Secret,
		Help: "The password of your account at the network's services. With it you are logged in before you are connected; if that fails, you are not connected."},
	{Name: optionSASLAccount, Label: "SASL account", Help: "The name of your account at the network's services, if it is not your nickname."},
	{Name: optionCertificate, Label: "Client certificate", Kind: transports.Secret,
		Help: "A certificate and its private key in PEM form, both in this field, to log in with at the network's services (SASL EXTERNAL). They know it by its fingerprint."},
	{Name: optionPass, Label: "Server password", Kind: transports.Secret, Help: "The password of the server itself (PASS). Few servers have one."},
	{Name: optionCommands, Label: "Commands after connecting", Kind: transports.Lines, Sealed: true, Help: "Lines in the language of IRC, sent in order as soon as you are connected and before you join rooms."},
	{Name: optionEncodingIn, Label: "Incoming encoding", Help: "How text is read that is not UTF-8. Give a name such as ISO-8859-15 or windows-1251."},
	{Name: optionEncodingOut, Label: "Outgoing encoding", Default: []string{"UTF-8"}, Help: "How your text is sent. Leave it at UTF-8 unless the people there cannot read it."},
	{Name: optionAddress, Label: "Address", Help: "The host to connect to, if it is not the name of the server."},
	{Name: optionTLSPorts, Label: "Ports with TLS", Kind: transports.Lines, Default: []string{strconv.Itoa(defaultPort)}, Help: "The ports for encrypted connections, tried in order."},
	{Name: optionPorts, Label: "Ports without TLS", Kind: transports.Lines, Help: "The ports for connections that are not encrypted, tried after those with TLS. If there are none, no such connection is made."},
	{Name: optionVerify, Label: "Verify the certificate", Kind: transports.Switch, Default: []string{"true"}, Help: "Connect only if the server's certificate is valid. If this is off, anyone on the way can read your password."},
	{Name: optionFingerprint, Label: "Fingerprint of the certificate", Help: "The SHA-256 or SHA-1 of the one certificate to accept, valid or not, as 64 or 40 hexadecimal digits."},
	{Name: optionThrottle, Label: "Lines at once", Kind: transports.Number, Default: []string{strconv.Itoa(defaultBurst)}, Help: "How many lines may be sent at once; after that it is one a second. With 0 it is always one a second, with -1 or nothing there is no limit."},
}

// roomFields are what a person may set for a room.
var roomFields = []transports.Field{
	{Name: optionEncodingIn, Label: "Incoming encoding", Help: "How text is read that is not UTF-8. If it is empty, as on the rest of the server."},
	{Name: optionEncodingOut, Label: "Outgoing encoding", Help: "How your text is sent. If it is empty, as on the rest of the server."},
}

// Check says what is wrong with options that a person has set.
func (*Driver) Check(fields []transports.Field, options transports.Options) error {
	for _, f := range fields {
		values := options[f.Name]
		if f.Kind != transports.Lines && len(values) > 1 {
			return invalidOption(f, "takes one value only.")
		}
		for _, value := range values {
			if badLine(value) && f.Name != optionCertificate {
				return invalidOption(f, "must not contain a line break.")
			}
			if wrong := checkOption(f.Name, value); wrong != "" {
				return invalidOption(f, wrong)
			}
		}
	}
	return nil
}

// Advice says which of a person's options have no effect: how to reach a described server is the operator's to say.
func (d *Driver) Advice(scope transports.Scope) string {
	if n, err := d.network(string(scope)); err != nil || n.own {
		return ""
	}
	return "How this server is reached is set by the operator of the gateway: the address, the ports, whether the certificate is verified, and its fingerprint are not used here."
}

func invalidOption(f transports.Field, wrong string) error {
	return &transports.Fault{Kind: transports.Invalid, Text: fmt.Sprintf("%s (%s): %s", f.Label, f.Name, wrong)}
}

// checkOption says what is wrong with a value, empty where nothing is.
func checkOption(name, value string) string {
	if value == "" {
		return ""
	}
	switch name {
	case optionNick:
		if nick.IRC(value, usualNickLen) != value {
			return fmt.Sprintf("%q cannot be a nickname on IRC; %q could.", value, nick.IRC(value, usualNickLen))
		}
	case optionUsername:
		if username(value) != strings.ToLower(value) {
			return fmt.Sprintf("%q cannot be a user name; use at most 10 letters, digits and - . _", value)
		}
	case optionEncodingIn, optionEncodingOut:
		if _, err := encodingNamed(value); err != nil {
			return err.Error() + "."
		}
	case optionCommands:
		if len(value) > usualLineLen-2 {
			return fmt.Sprintf("a line must not be longer than %d bytes.", usualLineLen-2)
		}
	case optionAddress:
		if _, ok := hostname(value); !ok && net.ParseIP(value) == nil {
			return fmt.Sprintf("%q is no host; give a name such as irc.example.org or an IP address.", value)
		}
	case optionPorts, optionTLSPorts:
		if _, err := portsOf(value); err != nil {
			return err.Error() + "."
		}
	case optionVerify:
		if _, ok := truth(value); !ok {
			return fmt.Sprintf("%q is neither true nor false.", value)
		}
	case optionFingerprint:
		if _, err := fingerprintOf(value); err != nil {
			return err.Error() + "."
		}
	case optionPass, optionSASLPassword, optionSASLAccount, optionRealname:
		if len(value) > maxSecret {
			return fmt.Sprintf("it must not be longer than %d bytes.", maxSecret)
		}
	case optionCertificate:
		if len(value) > maxCertificate {
			return fmt.Sprintf("it must not be longer than %d bytes.", maxCertificate)
		}
		if _, err := clientCertificate(value); err != nil {
			return err.Error() + "."
		}
	case optionThrottle:
		if n, err := strconv.Atoi(value); err != nil || n < -1 || n > 1000 {
			return fmt.Sprintf("%q is no number from -1 to 1000.", value)
		}
	}
	return ""
}

// truth reads a switch: XEP-0004 §3.3 allows 1 and 0 too.
func truth(value string) (on, ok bool) {
	on, err := strconv.ParseBool(value)
	return on, err == nil
}

// portsOf reads ports that are separated by ; or commas or spaces.
func portsOf(values ...string) ([]int, error) {
	var ports []int
	for _, word := range strings.FieldsFunc(strings.Join(values, " "), func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
		port, err := strconv.Atoi(word)
		if err != nil || port < 1 || port > 65535 {
			return nil, fmt.Errorf("%q is no port; give numbers from 1 to 65535, separated by ;", word)
		}
		if !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	if len(ports) > maxPorts {
		return nil, fmt.Errorf("%d ports are too many; give at most %d", len(ports), maxPorts)
	}
	return ports, nil
}

// maxSecret bounds the bytes of a password or a name, so that it fits its line.
const maxSecret = 300

// maxCertificate bounds the bytes of a certificate with its key.
const maxCertificate = 16 << 10

// maxPorts bounds how many ports of a host one connection tries.
const maxPorts = 8

// fingerprintOf reads the SHA-256 of a certificate, or its SHA-1, which gateways before this one wanted.
func fingerprintOf(value string) ([]byte, error) {
	sum, err := hex.DecodeString(strings.ReplaceAll(value, ":", ""))
	if err != nil || len(sum) != sha256.Size && len(sum) != sha1.Size {
		return nil, fmt.Errorf("%q is no fingerprint; give a SHA-256 as 64 hex digits, or a SHA-1 as 40, with or without colons", value)
	}
	return sum, nil
}

// usualSpelling is the IANA name that people mean by others: latin-1, ISO8859-15, cp1252, koi8r.
func usualSpelling(name string) string {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	if number, ok := strings.CutPrefix(plain, "iso8859"); ok {
		return "ISO-8859-" + number
	}
	if number, ok := strings.CutPrefix(plain, "8859"); ok {
		return "ISO-8859-" + number
	}
	for _, prefix := range []string{"cp", "win", "windows"} {
		if number, ok := strings.CutPrefix(plain, prefix); ok && strings.HasPrefix(number, "125") {
			return "windows-" + number
		}
	}
	if letter, ok := strings.CutPrefix(plain, "koi8"); ok {
		return "KOI8-" + letter
	}
	return plain
}

// encodingNamed finds an encoding by its IANA name, or one that people know it by; nil for UTF-8. The language of IRC itself is ASCII, so an encoding must contain it.
func encodingNamed(name string) (encoding.Encoding, error) {
	if strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8") {
		return nil, nil
	}
	found, err := ianaindex.IANA.Encoding(name)
	if err != nil || found == nil {
		found, err = ianaindex.IANA.Encoding(usualSpelling(name))
	}
	if err != nil || found == nil {
		return nil, fmt.Errorf("%q is no encoding that is known; give a name such as UTF-8, ISO-8859-15 or windows-1251", name)
	}
	if ascii, err := found.NewEncoder().String("PING :x"); err != nil || ascii != "PING :x" {
		return nil, fmt.Errorf("IRC cannot be spoken in %s; give a name such as UTF-8, ISO-8859-15 or windows-1251", name)
	}
	return found, nil
}
