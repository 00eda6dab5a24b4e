#!/bin/sh
exec python -m sensor_scoring
