#!/bin/sh
exec exec python -m sensor_scoring
