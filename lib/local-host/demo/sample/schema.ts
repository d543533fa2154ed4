/** Raised with every change of the schema or the data, so that an older file is made anew. */
export const sampleVersion = 1;

/**
 * The vendor's tables. Decimals that must stay exact are kept as text, because SQLite turns the
 * values of a DECIMAL column into floating-point numbers.
 */
export const sampleSchema = `
create table devices (
  id              UUID NOT NULL PRIMARY KEY,
  tenant_id       VARCHAR(40) NOT NULL,
  name            VARCHAR(64) NOT NULL,
  serial_number   VARCHAR(32),
  model           TEXT NOT NULL,
  memory_mb       INTEGER NOT NULL,
  bytes_written   BIGINT NOT NULL,
  battery_health  REAL,
  purchase_price  DECIMAL(10,2),
  book_value      DECIMAL_TEXT,
  is_managed      BOOLEAN NOT NULL,
  purchased_on    DATE,
  wakes_at        TIME,
  last_seen_at    DATETIME,
  hardware        JSON NOT NULL,
  fingerprint     BLOB
) without rowid;

create table users (
  id              INTEGER NOT NULL PRIMARY KEY,
  tenant_id       VARCHAR(40) NOT NULL,
  full_name       TEXT NOT NULL,
  email           VARCHAR(254) NOT NULL,
  phone           VARCHAR(32),
  department      TEXT,
  manager_id      INTEGER,
  born_on         DATE,
  has_mfa         BOOLEAN NOT NULL,
  preferences     JSON NOT NULL,
  photo           BLOB,
  created_at      DATETIME NOT NULL,
  deactivated_at  DATETIME
);

create table tickets (
  id              INTEGER NOT NULL PRIMARY KEY,
  tenant_id       VARCHAR(40) NOT NULL,
  requester_id    INTEGER NOT NULL,
  subject         TEXT NOT NULL,
  body            CLOB NOT NULL,
  resolution      TEXT,
  priority        SMALLINT NOT NULL,
  satisfaction    FLOAT,
  cost            DECIMAL_TEXT,
  tags            JSON NOT NULL,
  opened_at       TIMESTAMP NOT NULL,
  closed_at       TIMESTAMP
);

create table app_usage (
  id              INTEGER NOT NULL PRIMARY KEY,
  tenant_id       VARCHAR(40) NOT NULL,
  device_number   INTEGER NOT NULL,
  application     TEXT NOT NULL,
  started_at      DATETIME NOT NULL,
  seconds         INTEGER NOT NULL,
  cpu_share       REAL,
  crashed         BOOLEAN NOT NULL
);

create table licenses (
  id              INTEGER NOT NULL PRIMARY KEY,
  tenant_id       VARCHAR(40) NOT NULL,
  product         TEXT NOT NULL,
  seats           INTEGER NOT NULL,
  price_per_seat  DECIMAL(10,2) NOT NULL,
  starts_on       DATE NOT NULL,
  ends_on         DATE
);

create table provisioning_logs (
  id              INTEGER NOT NULL PRIMARY KEY,
  written_at      DATETIME NOT NULL,
  line            TEXT NOT NULL
);
`;

/** Made after the rows, which is several times as fast as before them. */
export const sampleIndexes = `
create index devices_tenant on devices (tenant_id);
create index users_tenant on users (tenant_id);
create index tickets_tenant on tickets (tenant_id);
create index app_usage_tenant on app_usage (tenant_id);
create index licenses_tenant on licenses (tenant_id);
`;
