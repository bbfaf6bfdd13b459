package biboumi

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
)

// Options are what a person has set for the gateway, where Server and Channel are empty, for a server, where Channel is, or else
// for a channel: by the names of biboumi's own forms, and only what differs from what biboumi does for those who have set nothing.
type Options struct {
	Owner           string // the person's bare JID
	Server, Channel string
	Values          map[string][]string
}

// What biboumi does for those who have set nothing.
const (
	defaultHistory  = 20
	defaultThrottle = 10
	defaultPorts    = "6667"
	defaultTLSPorts = "6697 6670"
)

// Options gives what people have set: for the gateway, then for servers, then for channels. A set without values is left out.
func (d *Database) Options(ctx context.Context) ([]Options, error) {
	gateway, err := d.gatewayOptions(ctx)
	if err != nil {
		return nil, err
	}
	servers, err := d.serverOptions(ctx)
	if err != nil {
		return nil, err
	}
	channels, err := d.channelOptions(ctx)
	if err != nil {
		return nil, err
	}
	inherit(channels, servers)
	return slices.DeleteFunc(slices.Concat(gateway, servers, channels), func(o Options) bool { return len(o.Values) == 0 }), nil
}

// inherit takes out of channels what they have from their servers: biboumi's form shows it, and clients send it back.
func inherit(channels, servers []Options) {
	values := map[[2]string]map[string][]string{}
	for _, s := range servers {
		values[[2]string{s.Owner, s.Server}] = s.Values
	}
	for _, c := range channels {
		for name, of := range values[[2]string{c.Owner, c.Server}] {
			if slices.Equal(of, c.Values[name]) {
				delete(c.Values, name)
			}
		}
	}
}

func (d *Database) gatewayOptions(ctx context.Context) (all []Options, err error) {
	err = d.each(ctx, "SELECT owner_, maxhistorylength_, recordhistory_, persistent_ FROM globaloptions_ WHERE owner_ IS NOT NULL ORDER BY id_", func(r *sql.Rows) error {
		o := Options{Values: map[string][]string{}}
		var history, record, persistent sql.NullInt64
		if err := r.Scan(&o.Owner, &history, &record, &persistent); err != nil {
			return err
		}
		o.number("max_history_length", history, defaultHistory)
		o.flag("record_history", record, true)
		o.flag("persistent", persistent, false)
		all = append(all, o)
		return nil
	})
	return all, err
}

func (d *Database) serverOptions(ctx context.Context) (all []Options, err error) {
	commands := map[int64][]string{}
	err = d.each(ctx, "SELECT fk_, afterconnectioncommand_ FROM after_connection_commands_ WHERE fk_ IS NOT NULL ORDER BY id_", func(r *sql.Rows) error {
		var of int64
		var line sql.NullString
		if err := r.Scan(&of, &line); err != nil {
			return err
		}
		if line.String != "" {
			commands[of] = append(commands[of], line.String)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = d.each(ctx, `SELECT id_, owner_, server_, address_, realname_, username_, encodingin_, encodingout_, trustedfingerprint_, saslpassword_, nick_, pass_,
		ports_, tlsports_, verifycert_, throttlelimit_ FROM ircserveroptions_ WHERE owner_ IS NOT NULL AND server_ <> '' ORDER BY id_`, func(r *sql.Rows) error {
		o := Options{Values: map[string][]string{}}
		var id int64
		var ports, tlsPorts sql.NullString
		var verify, throttle sql.NullInt64
		names := []string{"address", "realname", "username", "encoding_in", "encoding_out", "fingerprint", "sasl_password", "nick", "pass"}
		texts := make([]sql.NullString, len(names))
		into := []any{&id, &o.Owner, &o.Server}
		for i := range texts {
			into = append(into, &texts[i])
		}
		if err := r.Scan(append(into, &ports, &tlsPorts, &verify, &throttle)...); err != nil {
			return err
		}
		for i, name := range names {
			o.text(name, texts[i])
		}
		if slices.Equal(o.Values["address"], []string{o.Server}) { // as biboumi's form shows it
			delete(o.Values, "address")
		}
		o.ports(ports.String, tlsPorts.String)
		o.flag("verify_cert", verify, true)
		o.number("throttle_limit", throttle, defaultThrottle)
		if lines := commands[id]; len(lines) > 0 {
			o.Values["after_connect_commands"] = lines
		}
		all = append(all, o)
		return nil
	})
	return all, err
}

func (d *Database) channelOptions(ctx context.Context) (all []Options, err error) {
	err = d.each(ctx, `SELECT owner_, server_, channel_, encodingin_, encodingout_, persistent_, recordhistory_ FROM ircchanneloptions_
		WHERE owner_ IS NOT NULL AND server_ <> '' AND channel_ <> '' ORDER BY id_`, func(r *sql.Rows) error {
		o := Options{Values: map[string][]string{}}
		var in, out sql.NullString
		var persistent, record sql.NullInt64
		if err := r.Scan(&o.Owner, &o.Server, &o.Channel, &in, &out, &persistent, &record); err != nil {
			return err
		}
		o.text("encoding_in", in)
		o.text("encoding_out", out)
		o.flag("persistent", persistent, false)
		switch record.Int64 { // 0: as for the gateway
		case 1:
			o.Values["record_history"] = []string{"true"}
		case -1:
			o.Values["record_history"] = []string{"false"}
		}
		all = append(all, o)
		return nil
	})
	return all, err
}

func (o *Options) text(name string, value sql.NullString) {
	if value.String != "" {
		o.Values[name] = []string{value.String}
	}
}

func (o *Options) number(name string, value sql.NullInt64, usual int64) {
	if value.Valid && value.Int64 != usual {
		o.Values[name] = []string{strconv.FormatInt(value.Int64, 10)}
	}
}

func (o *Options) flag(name string, value sql.NullInt64, usual bool) {
	if on := value.Int64 != 0; value.Valid && on != usual {
		o.Values[name] = []string{strconv.FormatBool(on)}
	}
}

// ports takes over lists such as "6697;6670;". Where one of them is not what it usually is, both are a choice: an empty list of ports
// with TLS is one. Two empty lists are none: biboumi could not connect at all.
func (o *Options) ports(plain, tls string) {
	split := func(list string) []string {
		return strings.FieldsFunc(list, func(r rune) bool { return r == ';' || r == ' ' })
	}
	p, s := split(plain), split(tls)
	if len(p)+len(s) == 0 || strings.Join(p, " ") == defaultPorts && strings.Join(s, " ") == defaultTLSPorts {
		return
	}
	o.Values["ports"], o.Values["tls_ports"] = p, s
}
