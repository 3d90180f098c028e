/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/listen.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct listen_address address;
static struct reason why;

Test(listen, at_a_port_is_on_the_loopback_address)
{
	cr_assert_eq(listen_parse("9399", &address, &why), 0);
	cr_assert_eq(address.at.in.sin_family, AF_INET);
	cr_assert_eq(address.at.in.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	cr_assert_eq(address.at.in.sin_port, htons(9399));
	cr_assert_str_eq(address.name, "127.0.0.1:9399");
}

Test(listen, at_an_address_is_there)
{
	cr_assert_eq(listen_parse("0.0.0.0:1", &address, &why), 0);
	cr_assert_eq(address.at.in.sin_addr.s_addr, htonl(INADDR_ANY));
	cr_assert_eq(address.at.in.sin_port, htons(1));
	cr_assert_eq(listen_parse("[::1]:65535", &address, &why), 0);
	cr_assert_eq(address.at.in6.sin6_family, AF_INET6);
	cr_assert_eq(memcmp(&address.at.in6.sin6_addr, &in6addr_loopback, sizeof(in6addr_loopback)),
		     0);
	cr_assert_eq(address.at.in6.sin6_port, htons(65535));
	cr_assert_str_eq(address.name, "[::1]:65535");
}

Test(listen, at_a_path_is_a_unix_socket)
{
	cr_assert_eq(listen_parse("/run/gotraced.sock", &address, &why), 0);
	cr_assert_eq(address.at.un.sun_family, AF_UNIX);
	cr_assert_str_eq(address.at.un.sun_path, "/run/gotraced.sock");
	cr_assert_str_eq(address.name, "/run/gotraced.sock");
}

Test(listen, refuses_a_path_that_is_too_long)
{
	char path[sizeof(address.at.un.sun_path) + 1];

	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = 0;
	cr_assert_eq(listen_parse(path, &address, &why), -EINVAL);
	cr_assert_not_null(strstr(why.text, "too long"));
	path[sizeof(path) - 2] = 0;
	cr_assert_eq(listen_parse(path, &address, &why), 0);
}

Test(listen, refuses_all_else)
{
	static const char *const wrong[] = { "",	 "x",
					     "0",	 "65536",
					     "-1",	 "80x",
					     ":80",	 "localhost:80",
					     "1.2.3:x",	 "1.2.3.4.5:80",
					     "1.2.3.4:", "1.2.3.4",
					     "::1:80",	 "[::1]",
					     "[::1]80",	 "[::1:80",
					     "[]:80",	 "[1.2.3.4]:80",
					     "[:80",	 "]:80",
					     "[]" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(listen_parse(wrong[i], &address, &why), -EINVAL, "%s", wrong[i]);
}
