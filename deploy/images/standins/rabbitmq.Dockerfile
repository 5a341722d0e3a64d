# Stand-in for rabbitmq:3-management: Debian 12's RabbitMQ 3.10, started the way the real image starts it.
FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends rabbitmq-server \
    && rm -rf /var/lib/apt/lists/* \
    && echo '[rabbitmq_management,rabbitmq_prometheus].' > /etc/rabbitmq/enabled_plugins
ENV LANG=C.UTF-8 RABBITMQ_LOGS=-
COPY rabbitmq.sh /usr/local/bin/docker-entrypoint.sh
VOLUME /var/lib/rabbitmq
EXPOSE 5672 15672 15692
ENTRYPOINT ["bash", "/usr/local/bin/docker-entrypoint.sh"]
CMD ["rabbitmq-server"]
