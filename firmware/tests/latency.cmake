# The loop-back test and the port's silence, through the device.
anc_test(device_latency device_latency.c)
target_include_directories(device_latency PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
