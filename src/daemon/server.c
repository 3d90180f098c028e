/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/listener.h"
#include "report/openmetrics.h"
#include "trace/kernel.h"

enum {
	MAX_CONNECTIONS = 32, /* but for those that are cut, */
	MAX_CUT = 16, /* which are gone at the next run; in one, the library accepts 10 */
	N_CONNECTIONS = MAX_CONNECTIONS + MAX_CUT,
	MAX_REQUEST_BYTES = 16 << 10, /* its head; it has no body */
	MAX_HELD_BYTES = 64 << 20, /* of answers that are not taken yet, before there is another */
};

static const uint64_t connection_ns = 10000000000;

struct connection {
	int fd; /* -1: none */
	uint64_t since_ns;
	bool is_cut;
};

struct server {
	struct listener listener;
	char *listen; /* owned */
	struct MHD_Daemon *http;
	server_print *print;
	void *context;
	struct connection connections[N_CONNECTIONS];
	size_t n_held_bytes;
};

/* The metrics that a client is being sent. */
struct body {
	struct server *server;
	char *text;
	size_t n_bytes;
};

/* The library then finds the connection closed, as by its client. */
static void cut(struct connection *connection)
{
	shutdown(connection->fd, SHUT_RDWR);
	connection->is_cut = true;
}

/* Of those that are not cut yet, where they are more than there may be. */
static void cut_oldest(struct server *server)
{
	struct connection *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < N_CONNECTIONS; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->fd < 0 || connection->is_cut)
			continue;
		n++;
		if (!oldest || connection->since_ns < oldest->since_ns)
			oldest = connection;
	}
	if (n > MAX_CONNECTIONS)
		cut(oldest);
}

static void on_begin(struct server *server, int fd, void **slot)
{
	for (size_t i = 0; i < N_CONNECTIONS; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->fd >= 0)
			continue;
		*connection = (struct connection){ .fd = fd, .since_ns = kernel_now_ns() };
		*slot = connection;
		break;
	}
	cut_oldest(server);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **slot,
			  enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		on_begin(context, info->connect_fd, slot);
	else if (*slot)
		((struct connection *)*slot)->fd = -1;
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      struct MHD_Response *response, const char *type)
{
	enum MHD_Result result = MHD_NO;

	if (response &&
	    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) == MHD_YES &&
	    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES &&
	    (status != MHD_HTTP_METHOD_NOT_ALLOWED ||
	     MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD") == MHD_YES))
		result = MHD_queue_response(connection, status, response);
	if (response)
		MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_words(struct MHD_Connection *connection, unsigned int status,
				    const char *text)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);

	return answer(connection, status, response, "text/plain; charset=utf-8");
}

static void free_body(void *context)
{
	struct body *body = context;

	body->server->n_held_bytes -= body->n_bytes;
	free(body->text);
	free(body);
}

static int print_body(struct server *server, bool is_plain, struct body **ret, struct reason *why)
{
	struct body *body = calloc(1, sizeof(*body));
	FILE *to = body ? open_memstream(&body->text, &body->n_bytes) : NULL;
	int err = to ? server->print(server->context, to, is_plain, why)
		     : reason_set(why, -ENOMEM, "out of memory");

	if (to && fclose(to) && !err)
		err = reason_set(why, -ENOMEM, "out of memory");
	if (err) {
		if (body)
			free(body->text);
		free(body);
		return err;
	}
	body->server = server;
	server->n_held_bytes += body->n_bytes;
	*ret = body;
	return 0;
}

/* Whoever does not ask for OpenMetrics may be a person, or a scraper that does not know it. */
static bool wants_plain(struct MHD_Connection *connection)
{
	const char *accepted =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);

	return !accepted || !strcasestr(accepted, "application/openmetrics-text");
}

static enum MHD_Result answer_metrics(struct server *server, struct MHD_Connection *connection)
{
	bool is_plain = wants_plain(connection);
	struct MHD_Response *response;
	struct reason why;
	struct body *body;

	if (server->n_held_bytes > MAX_HELD_BYTES)
		return answer_words(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				    "too many clients are slow to read\n");
	if (print_body(server, is_plain, &body, &why))
		return answer_words(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, why.text);
	response = MHD_create_response_from_buffer_with_free_callback_cls(body->n_bytes, body->text,
									  free_body, body);
	if (!response)
		free_body(body);
	return answer(connection, MHD_HTTP_OK, response, openmetrics_content_type(is_plain));
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version __attribute__((unused)),
				  const char *upload __attribute__((unused)),
				  size_t *n_upload_bytes __attribute__((unused)),
				  void **of_request __attribute__((unused)))
{
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer_words(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				    "only GET and HEAD are known\n");
	if (strcmp(url, "/metrics") == 0)
		return answer_metrics(context, connection);
	/* That it is answered is what there is to say: the loop that drains goes round. */
	if (strcmp(url, "/healthz") == 0)
		return answer_words(connection, MHD_HTTP_OK, "ok\n");
	return answer_words(connection, MHD_HTTP_NOT_FOUND,
			    "there are only /metrics and /healthz\n");
}

static int start(struct server *server, struct reason *why)
{
	server->http = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, server,
					MHD_OPTION_LISTEN_SOCKET, server->listener.fd,
					MHD_OPTION_CONNECTION_LIMIT, (unsigned int)N_CONNECTIONS,
					MHD_OPTION_CONNECTION_MEMORY_LIMIT,
					(size_t)MAX_REQUEST_BYTES, MHD_OPTION_NOTIFY_CONNECTION,
					on_connection, server, MHD_OPTION_END);
	if (server->http)
		return 0;
	/* Whether the library has closed the socket is unknown, so it is left alone. */
	listener_remove_file(&server->listener);
	return reason_set(why, -EIO, "cannot start the HTTP server at %s",
			  server->listener.address.name);
}

int server_open(struct server **ret, const char *listen, server_print *print, void *context,
		struct reason *why)
{
	struct server *server = calloc(1, sizeof(*server));
	struct listen_address address;
	int err = listen_parse(listen, &address, why);

	if (!server || err) {
		free(server);
		return err ? err : reason_set(why, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < N_CONNECTIONS; i++)
		server->connections[i].fd = -1;
	server->print = print;
	server->context = context;
	server->listen = strdup(listen);
	err = server->listen ? listener_open(&server->listener, &address, why)
			     : reason_set(why, -ENOMEM, "out of memory");
	if (!err)
		err = start(server, why);
	if (err) {
		free(server->listen);
		free(server);
		return err;
	}
	*ret = server;
	return 0;
}

void server_close(struct server *server)
{
	if (!server)
		return;
	listener_remove_file(&server->listener);
	MHD_stop_daemon(server->http);
	free(server->listen);
	free(server);
}

int server_fd(const struct server *server)
{
	return MHD_get_daemon_info(server->http, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

void server_run(struct server *server)
{
	uint64_t now_ns = kernel_now_ns();

	if (!server)
		return;
	for (size_t i = 0; i < N_CONNECTIONS; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->fd >= 0 && !connection->is_cut &&
		    now_ns - connection->since_ns > connection_ns)
			cut(connection);
	}
	MHD_run(server->http);
}

bool server_has_more(const struct server *server)
{
	MHD_UNSIGNED_LONG_LONG ms;

	return server && MHD_get_timeout(server->http, &ms) == MHD_YES && ms == 0;
}

const char *server_listen(const struct server *server)
{
	return server ? server->listen : NULL;
}

const char *server_name(const struct server *server)
{
	return server ? server->listener.address.name : NULL;
}
